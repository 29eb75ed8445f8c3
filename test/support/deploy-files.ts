/** What is shipped for monitoring, as the tests read it. */
import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

export function shipped(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

export interface Rule {
  readonly alert: string;
  readonly expression: string;
  readonly severity: string;
  readonly runbook: string;
}

/** The alerts, out of the form in which alerts.yaml writes them; promtool reads the YAML itself. */
export function alertRules(): Rule[] {
  const [, ...blocks] = shipped('deploy/prometheus/alerts.yaml').split(/^ +- alert: /m);
  return blocks.map((block) => {
    const part = (pattern: RegExp): string => pattern.exec(block)?.[1]?.trim() ?? '';
    return {
      alert: part(/^(\S+)/),
      expression: part(/expr: \|?([\s\S]*?)\n +(?:for|labels):/),
      severity: part(/severity: (\S+)/),
      runbook: part(/runbook: docs\/runbook\.md#(\S+)/),
    };
  });
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

export function dashboard(): Dashboard {
  return JSON.parse(shipped('deploy/grafana/cagebridge.json')) as Dashboard;
}

/** The cells of the table under a heading, without its head and without the code marks. */
export function tableUnder(path: string, heading: string): string[][] {
  const section =
    shipped(path)
      .split(/^#+ /m)
      .find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  const heads = rows.findIndex((row) => /^\|[ -]+\|/.test(row) && !/[a-z]/i.test(row));
  const end = rows.findIndex((row, index) => index > heads && !/[a-z]/i.test(row));
  // A second table of the section begins with the head before its own line of dashes.
  return rows.slice(heads + 1, end === -1 ? undefined : end - 1).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}
