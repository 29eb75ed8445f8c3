/** What a scrape says, and what a PromQL expression asks for: as much of both as it takes to hold one to the other. */

export interface Exposed {
  readonly type: string;
  /** Every label that any of its series has; `le` is a histogram's own. */
  readonly labels: ReadonlySet<string>;
}

/** The metrics of an exposition text, by name. */
export function exposedIn(text: string): ReadonlyMap<string, Exposed> {
  const found = new Map<string, { type: string; labels: Set<string> }>();
  for (const line of text.split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== '') found.set(name, { type, labels: new Set() });
    const [, series, labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    const metric = series === undefined ? undefined : found.get(metricOf(series, found));
    for (const label of labelsIn(labels)) metric?.labels.add(label);
  }
  return found;
}

/** `x` for `x`, and for a histogram's `x_bucket`, `x_count` and `x_sum`. */
export function metricOf(series: string, exposed: { has(name: string): boolean }): string {
  const whole = series.replace(/_(?:bucket|count|sum)$/, '');
  return exposed.has(series) ? series : whole;
}

export interface Asked {
  readonly series: string;
  readonly labels: readonly string[];
}

/** The series that an expression names, with the labels that their selectors ask for. */
export function askedBy(expression: string): Asked[] {
  const selectors = expression.matchAll(/\b((?:cagebridge|process|nodejs)_[a-z0-9_]+|up)\b(?:\{([^}]*)\})?/g);
  return Array.from(selectors, ([, series = '', labels = '']) => ({ series, labels: labelsIn(labels) }));
}

/** What an expression groups by. */
export function groupedBy(expression: string): string[] {
  return Array.from(expression.matchAll(/\bby \(([^)]*)\)/g), ([, labels = '']) =>
    labels.split(',').map((label) => label.trim()),
  ).flat();
}

function labelsIn(text: string): string[] {
  return Array.from(text.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"/g), ([, label = '']) => label);
}
