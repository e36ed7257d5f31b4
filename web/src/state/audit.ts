// The audit of the study or of a scenario: run as a job, its findings, its files, and the rule chosen in it.
import { computed, signal } from '@preact/signals';
import { jobs } from '../api/jobs';
import type { Audit, AuditRule, JobFile } from '../api/job-types';
import type { Study } from '../api/types';
import { ask } from './app';
import { Loader } from './resource';
import { Run } from './run';
import { epoch, scenario, scenarioId } from './scenario';
import { language } from './settings';
import { study } from './study';

export interface Audited {
  audit: Audit;
  /** Name of the scenario; null: the study as it stands. */
  of: string | null;
}

let named: string | null = null;
export const run = new Run<Audited>(async (id) => {
  const of = named;
  filesLoader.load(async () => (await jobs.files(id)).files, { keep: false });
  return { audit: await jobs.findings(id), of };
});
export const audited = run.result;
export const filesLoader = new Loader<JobFile[]>();
const runAt = signal('');
const now = computed(() => `${study.value?.id ?? ''}/${scenarioId.value ?? ''}/${scenario.value?.revision ?? 0}/${epoch.value}`);
/** What was audited has been edited since, or another scenario is at hand. */
export const stale = computed(() => audited.value !== null && runAt.value !== now.value);
/** "standard/rule" whose coverage the map shows */
export const chosenRule = signal<string | null>(null);

export function start(): void {
  const known = study.peek();
  if (known === null) return;
  const id = scenarioId.peek();
  named = id === null ? null : (scenario.peek()?.name ?? id);
  runAt.value = now.peek();
  chosenRule.value = null;
  filesLoader.clear();
  void run.start(() => jobs.audit(known.id, id, language.peek()));
}

/** On a read-only server: the audit it was started with, if any. */
export async function readServed(at: string): Promise<void> {
  if (audited.peek() !== null) return;
  const audit = await jobs.served(at).catch(() => null);
  if (audit !== null) {
    runAt.value = now.peek();
    audited.value = { audit, of: null };
  }
}

/** Whether the map can show exactly what the rule asks: one service of the study, in minutes. */
export function isExact(rule: AuditRule, known: Study): boolean {
  return rule.functions.length === 1 && typeof rule.cutoff_min === 'number' && Number.isInteger(rule.cutoff_min) && known.functions.some((f) => f.id === rule.functions[0]);
}

/** Shows on the map what a rule asks for; where it asks for more than the map can show, the part that can. */
export function show(rule: AuditRule, known: Study): void {
  const fn = rule.functions.find((id) => known.functions.some((f) => f.id === id));
  ask({
    ...(fn === undefined ? {} : { function: fn }),
    ...(known.profiles.some((p) => p.id === rule.profile) ? { profile: rule.profile } : {}),
    ...(known.groups.some((g) => g.id === rule.group) ? { group: rule.group } : {}),
    ...(typeof rule.cutoff_min === 'number' ? { cutoff_min: Math.round(rule.cutoff_min) } : {}),
  });
  chosenRule.value = `${rule.standard}/${rule.rule}`;
}
