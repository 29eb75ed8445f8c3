import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.d.ts';
import type { Job } from 'kubernetes-types/batch/v1.d.ts';
import type {
  ConfigMap,
  Container,
  PodSpec,
  Probe,
  Service,
  VolumeProjection,
} from 'kubernetes-types/core/v1.d.ts';
import type { LabelSelector } from 'kubernetes-types/meta/v1.d.ts';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import ts from 'typescript';
import { parse, parseAllDocuments } from 'yaml';
import { readSettings } from '../../src/config/settings.ts';

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly namespace?: string;
  readonly configMapGenerator?: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly patches?: readonly {
    readonly target: { readonly kind: string; readonly name: string };
    readonly patch: string;
  }[];
}

const folder = fileURLToPath(new URL('../../deploy/kubernetes/', import.meta.url));
const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');
const kustomization = (path: string) => parse(read(path, 'kustomization.yaml')) as Kustomization;

/** The documents of a YAML text; a duplicate key or a broken line fails. */
function resources(yaml: string): Resource[] {
  return parseAllDocuments(yaml, { merge: true }).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS() as Resource;
  });
}

const folders = ['base', 'migration'];
const written = new Map(
  folders.map((path) => [path, kustomization(path).resources.flatMap((file) => resources(read(path, file)))]),
);
const all = [...written.values()].flat();

interface Kinds {
  readonly Deployment: Deployment;
  readonly HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  readonly Job: Job;
  readonly NetworkPolicy: NetworkPolicy;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly Service: Service;
  readonly ServiceAccount: Resource;
}

function one<Kind extends keyof Kinds>(kind: Kind, name = 'cagebridge'): Kinds[Kind] {
  const found = all.filter((resource) => resource.kind === kind && resource.metadata.name === name);
  assert.equal(found.length, 1, `${kind} ${name}`);
  return found[0] as Kinds[Kind];
}

const bridge = one('Deployment').spec!.template.spec!;
const migration = one('Job', 'cagebridge-migration').spec!.template.spec!;
const serving = bridge.containers[0]!;
const settings = readSettings({ CAGEBRIDGE_CONFIG: join(folder, 'base/cagebridge.json') });

/** Where each kind's type is. */
const typesOf: Readonly<Record<string, string>> = {
  v1: 'core/v1',
  'apps/v1': 'apps/v1',
  'batch/v1': 'batch/v1',
  'autoscaling/v2': 'autoscaling/v2',
  'policy/v1': 'policy/v1',
  'networking.k8s.io/v1': 'networking/v1',
};

/** What the compiler says of resources as values of the API's own types: an unknown member, another type, a missing one. */
function mistakesIn(checked: readonly Resource[]): string[] {
  const lines = checked.map((resource, index) => {
    const { apiVersion, kind } = resource;
    const place = typesOf[apiVersion] ?? assert.fail(`${apiVersion} ${kind}: no types are named for it`);
    return `const it${index}: import('kubernetes-types/${place}').${kind} = ${JSON.stringify(resource)};`;
  });
  const file = join(folder, '../../test/deploy/resources.generated.ts');
  const options = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, `export {};\n${lines.join('\n')}`, ts.ScriptTarget.ESNext)
      : getSourceFile(name, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

test('every resource is one of its type in the API', () => {
  assert.ok(all.length >= 10);
  assert.deepEqual(mistakesIn(all), []);
});

test('the check of types finds planted mistakes', () => {
  const [service] = all.filter(({ kind }) => kind === 'Service') as (Resource & Service)[];
  const misspelt = { ...service!, spec: { ...service!.spec, selectors: {} } };
  const mistyped = { ...service!, spec: { ...service!.spec, ports: [{ port: '443' }] } };
  assert.match(mistakesIn([misspelt])[0] ?? '', /selectors/);
  assert.match(mistakesIn([mistyped])[0] ?? '', /string.*number/);
});

test('pods are as the restricted profile wants them, and hold no token of the cluster', () => {
  for (const pod of [bridge, migration]) {
    const { securityContext: context = {}, automountServiceAccountToken, volumes = [] } = pod;
    assert.equal(automountServiceAccountToken, false);
    assert.deepEqual(
      [context.runAsNonRoot, context.runAsUser, context.runAsGroup, context.fsGroup],
      [true, 10_001, 10_001, 10_001],
    );
    assert.equal(context.seccompProfile?.type, 'RuntimeDefault');
    for (const { securityContext, resources: bounds } of [...pod.containers, ...(pod.initContainers ?? [])]) {
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      assert.ok(bounds?.requests?.['memory'] !== undefined && bounds.limits?.['memory'] !== undefined);
    }
    for (const { hostPath, emptyDir } of volumes) {
      assert.equal(hostPath, undefined);
      if (emptyDir) assert.ok(emptyDir.sizeLimit !== undefined);
    }
  }
});

test('the identity is that of the image', () => {
  const dockerfile = readFileSync(join(folder, '../../Dockerfile'), 'utf8');
  assert.match(dockerfile, /^USER 10001:10001$/m);
  assert.match(dockerfile, /^ {4}CAGEBRIDGE_HOME=\/var\/lib\/cagebridge$/m);
  assert.ok(serving.volumeMounts?.some(({ mountPath }) => mountPath === '/var/lib/cagebridge'));
});

test('probes ask the internal door by TLS under a name that it answers to, at a port that it has', () => {
  const { internal } = settings.doors;
  assert.ok(internal.certificate !== undefined);
  const probes = [serving.startupProbe, serving.livenessProbe, serving.readinessProbe] as Probe[];
  assert.deepEqual(
    probes.map(({ httpGet }) => httpGet?.path),
    ['/health', '/health', '/ready'],
  );
  for (const { httpGet } of probes) {
    assert.deepEqual([httpGet?.scheme, httpGet?.port], ['HTTPS', 'internal']);
    const [host] = httpGet?.httpHeaders ?? [];
    assert.ok(host?.name === 'Host' && internal.hosts.includes(host.value));
  }
  const ports = Object.fromEntries(
    (serving.ports ?? []).map(({ name, containerPort }) => [name ?? '', containerPort]),
  );
  assert.deepEqual(ports, { soap: settings.doors.soap.port, internal: internal.port });
});

test('a pod has as long to stop as the bridge may take, after the wait for its endpoints to be gone', () => {
  const wait = serving.lifecycle?.preStop?.exec?.command ?? [];
  assert.equal(wait[0], 'sleep');
  const needMs = Number(wait[1]) * 1_000 + settings.limits.stop.totalMs;
  const graceMs = (bridge.terminationGracePeriodSeconds ?? 0) * 1_000;
  assert.ok(graceMs >= needMs + 2_000, `${graceMs} ms for ${needMs} ms`);
});

test('every volume, mount and secret fits: what the configuration refers to is mounted', () => {
  for (const pod of [bridge, migration]) {
    const volumes = (pod.volumes ?? []).map(({ name }) => name).toSorted();
    const mounts = [...pod.containers, ...(pod.initContainers ?? [])].flatMap(
      ({ volumeMounts = [] }) => volumeMounts,
    );
    assert.deepEqual([...new Set(mounts.map(({ name }) => name))].toSorted(), volumes);
  }
  const referred = [...read('base/cagebridge.json').matchAll(/"file:([^"]+)"/g)].map(([, path = '']) => path);
  assert.ok(referred.length >= 7);
  assertMounted(bridge, serving, referred);
  assertMounted(migration, migration.containers[0]!, []);
});

/** Checks the files that the configuration and the environment name: certificates projected, secrets given to the copy. */
function assertMounted(pod: PodSpec, container: Container, referred: readonly string[]): void {
  const files = (name: string): string[] => {
    const volume = pod.volumes?.find((it) => it.name === name);
    const sources: readonly VolumeProjection[] = volume?.projected?.sources ?? [
      { ...(volume?.configMap && { configMap: volume.configMap }) },
    ];
    return sources.flatMap(
      ({ secret, configMap }) => (secret ?? configMap)?.items?.map(({ path }) => path) ?? ['*-ca.pem'],
    );
  };
  const environment = (container.env ?? []).map(({ value = '' }) =>
    value.replace(/^file:|^mssql:.*[?]ca=/, ''),
  );
  const paths = [...referred, ...environment.filter((value) => value.startsWith('/'))];
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const there = path.startsWith('/run/secrets/') ? files('given') : files('certificates');
    assert.ok(there.includes(name) || (name.endsWith('-ca.pem') && there.includes('*-ca.pem')), path);
  }
}

test('no secret stands in a file, and a password is a reference', () => {
  for (const { env = [] } of [...bridge.containers, ...migration.containers]) {
    for (const { name, value = '' } of env) {
      if (name.includes('PASSWORD')) assert.match(value, /^file:\/run\/secrets\//);
      if (name === 'LEDGER_URL')
        assert.match(value, /^mssql:\/\/[a-z_]+@[a-z0-9.-]+:1433\/cagebridge\?ca=\//);
    }
  }
  assert.deepEqual(
    all.filter(({ kind }) => kind === 'Secret'),
    [],
  );
  const users = [...bridge.containers, ...migration.containers].map(
    ({ env = [] }) => /\/\/([a-z_]+)@/.exec(env.find(({ name }) => name === 'LEDGER_URL')?.value ?? '')?.[1],
  );
  assert.equal(new Set(users).size, 2, 'the migration has a login of its own');
});

test('services, budget, spread, policies and autoscaler find the pods', () => {
  const { matchLabels } = one('Deployment').spec!.selector;
  const bridgePods = { 'app.kubernetes.io/name': 'cagebridge', 'app.kubernetes.io/component': 'bridge' };
  const selectors: (LabelSelector['matchLabels'] | undefined)[] = [
    matchLabels,
    ...['cagebridge-soap', 'cagebridge-internal'].map((name) => one('Service', name).spec?.selector),
    one('PodDisruptionBudget').spec?.selector?.matchLabels,
    ...['cagebridge', 'cagebridge-default-deny'].map(
      (name) => one('NetworkPolicy', name).spec?.podSelector?.matchLabels,
    ),
    ...(bridge.topologySpreadConstraints ?? []).map(({ labelSelector }) => labelSelector?.matchLabels),
  ];
  for (const selector of selectors) assert.deepEqual(selector, bridgePods);
  const { scaleTargetRef, minReplicas = 0 } = one('HorizontalPodAutoscaler').spec!;
  assert.deepEqual(scaleTargetRef, { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cagebridge' });
  assert.ok(minReplicas >= 2);
  assert.equal(one('Deployment').spec?.replicas, undefined);
  assert.equal(bridge.serviceAccountName, one('ServiceAccount').metadata.name);
  const names = (serving.ports ?? []).map(({ name }) => name);
  for (const name of ['cagebridge-soap', 'cagebridge-internal']) {
    const { ports = [] } = one('Service', name).spec!;
    for (const { targetPort } of ports) assert.ok(names.includes(String(targetPort)));
  }
});

test('nothing comes in or goes out that a policy does not name', () => {
  const deny = one('NetworkPolicy', 'cagebridge-default-deny').spec!;
  assert.deepEqual(
    [deny.policyTypes, deny.ingress, deny.egress],
    [['Ingress', 'Egress'], undefined, undefined],
  );
  const ports = (name: string) => {
    const { ingress = [], egress = [] } = one('NetworkPolicy', name).spec!;
    return [ingress, egress].map((rules) =>
      rules.flatMap(({ ports: named = [] }) => named.map(({ port }) => port)),
    );
  };
  assert.deepEqual(ports('cagebridge'), [
    ['soap', 'internal'],
    [53, 53, 1433, 443],
  ]);
  assert.deepEqual(ports('cagebridge-migration'), [[], [53, 53, 1433]]);
});

for (const path of ['base', 'overlays/example/bridge']) {
  test(`the configuration of ${path} is valid`, () => {
    const [generated] = kustomization(path).configMapGenerator ?? [];
    assert.deepEqual(generated?.files, ['cagebridge.json']);
    readSettings({ CAGEBRIDGE_CONFIG: join(folder, path, 'cagebridge.json') });
  });
}

for (const [overlay, base] of [
  ['overlays/example/bridge', 'base'],
  ['overlays/example/migration', 'migration'],
] as const) {
  test(`${overlay} patches what is in ${base}`, () => {
    const { resources: below, patches = [] } = kustomization(overlay);
    assert.deepEqual(below, [`../../../${base}`]);
    assert.ok(patches.length > 0);
    for (const { target, patch } of patches) {
      const [resource] = written
        .get(base)!
        .filter(({ kind, metadata }) => kind === target.kind && metadata.name === target.name);
      assert.ok(resource, `${target.kind} ${target.name}`);
      for (const { op, path } of parse(patch) as { op: string; path: string }[]) {
        const names = path.slice(1).split('/');
        const above = op === 'add' ? names.slice(0, -1) : names;
        const found = above.reduce<unknown>((it, name) => (it as Record<string, unknown>)[name], resource);
        assert.notEqual(found, undefined, `${target.kind} ${path}`);
      }
    }
  });
}

const kubectl = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' });
const skip = kubectl.status === 0 ? false : 'needs kubectl, whose kustomize builds the folders';

for (const path of [...folders, 'overlays/example/bridge', 'overlays/example/migration']) {
  test(`kustomize builds ${path}, and every resource is one of its type`, { skip }, () => {
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(folder, path)], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const built = resources(stdout);
    assert.deepEqual(mistakesIn(built), []);
    const namespaces = new Set(built.map(({ metadata }) => metadata.namespace));
    assert.deepEqual([...namespaces], [kustomization(path).namespace]);
    if (!path.endsWith('bridge')) return;
    assert.doesNotMatch(stdout, /sqlserver\.example|image: cagebridge/);
    const [config] = built.filter(({ kind }) => kind === 'ConfigMap') as (Resource & ConfigMap)[];
    const [rolled] = built.filter(({ kind }) => kind === 'Deployment') as (Resource & Deployment)[];
    const mounted = rolled!.spec!.template.spec!.volumes!.find(({ name }) => name === 'config');
    assert.equal(mounted?.configMap?.name, config!.metadata.name);
    assert.match(config!.metadata.name, /^cagebridge-config-[a-z0-9]{10}$/);
  });
}
