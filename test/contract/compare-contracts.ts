import type { ContractModel, OperationModel, Particle, TypeModel } from './contract-model.ts';

/** Who writes what a type describes: clients write requests, we write answers. */
type Side = 'request' | 'answer';

/**
 * What of the recorded contract the present one breaks, one finding a line; none where every client of the recorded one works on.
 * Compatible are new operations and new optional elements of requests (design 4). Everything else that exists stays as it is.
 */
export function incompatibilities(recorded: ContractModel, present: ContractModel): readonly string[] {
  const findings = [
    ...differing('ports', recorded.ports, present.ports),
    ...recorded.namespaces
      .filter((namespace) => !present.namespaces.includes(namespace))
      .map((namespace) => `namespace changed or gone: ${namespace}`),
  ];
  const seen = new Set<string>();
  for (const [name, operation] of recorded.operations) {
    const now = present.operations.get(name);
    if (now === undefined) {
      findings.push(`operation ${name} is gone`);
      continue;
    }
    findings.push(...compareOperation(name, operation, now));
    const world = { recorded, present, seen };
    findings.push(...compareElement(world, elementIn(operation.input), 'request'));
    for (const message of [operation.output, ...operation.faults]) {
      findings.push(...compareElement(world, elementIn(message), 'answer'));
    }
  }
  return [...new Set(findings)];
}

interface Compared {
  readonly recorded: ContractModel;
  readonly present: ContractModel;
  /** Types are compared once a side. */
  readonly seen: Set<string>;
}

function compareOperation(name: string, before: OperationModel, now: OperationModel): string[] {
  return [
    ...differing(`input of ${name}`, [before.input], [now.input]),
    ...differing(`output of ${name}`, [before.output], [now.output]),
    ...differing(`faults of ${name}`, before.faults, now.faults),
    ...differing(`binding of ${name}`, before.bindings, now.bindings),
  ];
}

function elementIn(message: string): string {
  return message.slice(message.indexOf('=') + 1);
}

function compareElement(world: Compared, name: string, side: Side): string[] {
  const before = world.recorded.elements.get(name);
  const now = world.present.elements.get(name);
  if (before === undefined || before !== now) return [`element ${name}: ${before} became ${now}`];
  // A wrapper holds one element on both sides, so it is compared as an answer is; what is in it by its own side.
  return compareType(world, before, side, before.startsWith('{anonymous}') ? 'answer' : side);
}

function compareType(world: Compared, name: string, side: Side, strictness: Side = side): string[] {
  const key = `${side} ${name}`;
  if (world.seen.has(key)) return [];
  world.seen.add(key);
  const before = world.recorded.types.get(name);
  const now = world.present.types.get(name);
  if (before === undefined) return [];
  if (now === undefined) return [`type ${name} is gone`];
  const findings = differing(`type ${name}`, [before.kind, before.facts], [now.kind, now.facts]);
  for (const used of before.uses) findings.push(...compareType(world, used, side));
  if (before.kind === 'simple' || now.kind === 'simple') return findings;
  findings.push(...compareParticles(name, before, now, strictness));
  for (const particle of before.particles) findings.push(...compareType(world, particle.type, side));
  return findings;
}

type Complex = Extract<TypeModel, { kind: 'complex' }>;

function compareParticles(name: string, before: Complex, now: Complex, side: Side): string[] {
  const kept = new Set(before.particles.map((particle) => particle.name));
  const findings = now.particles
    .filter((particle) => !kept.has(particle.name) && !(side === 'request' && particle.optional))
    .map(
      (particle) =>
        `${name} has a new ${particle.optional ? 'optional' : 'required'} element ${particle.name} (${side})`,
    );
  return [
    ...findings,
    ...differing(
      `elements of ${name}`,
      before.particles.map(written),
      now.particles.filter((particle) => kept.has(particle.name)).map(written),
    ),
  ];
}

function written({ name, type, occurs }: Particle): string {
  return `${name} ${type} ${occurs}`;
}

function differing(what: string, before: readonly string[], now: readonly string[]): string[] {
  const [was, is] = [before.join('; '), now.join('; ')];
  return was === is ? [] : [`${what}: was [${was}], is [${is}]`];
}
