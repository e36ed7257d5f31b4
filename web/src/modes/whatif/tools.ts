// What the pointer does in this mode, which site is chosen, and how a gesture becomes an edit.
import { batch, computed, effect, signal } from '@preact/signals';
import type { Edit } from '../../api/scenario-types';
import type { LonLat } from '../../api/types';
import { t } from '../../i18n';
import { query, sites } from '../../state/app';
import { makeEdit, scenario } from '../../state/scenario';
import type { SiteFeature } from '../../state/sites';
import { readOnly } from '../../state/study';
import type { MapHit } from '../mode';

export const TOOLS = ['add', 'gate', 'street'] as const;
export type Tool = (typeof TOOLS)[number];

/** null: the pointer chooses and drags sites. */
export const tool = signal<Tool | null>(null);
/** The first of a gate's two sides. */
export const firstSide = signal<LonLat | null>(null);
/** layer and key of the site chosen */
export const chosenSite = signal<string | null>(null);

export const site = computed<SiteFeature | null>(() => {
  const uid = chosenSite.value;
  return uid === null ? null : (sites.value?.features.find((one) => one.properties.uid === uid) ?? null);
});

export function takeUp(next: Tool | null): void {
  batch(() => {
    tool.value = tool.peek() === next ? null : next;
    firstSide.value = null;
    chosenSite.value = null;
  });
}

/** Makes an edit for the question on screen. */
export async function make(edit: Edit): Promise<boolean> {
  const asked = query.peek();
  return asked !== null && (await makeEdit(edit, asked)) !== null;
}

function opened(): readonly string[] {
  return (scenario.peek()?.edits ?? []).flatMap((edit) => (edit.edit === 'open_facility' ? [edit.key] : []));
}

/** A new site of the service asked for; its key is not taken in this scenario. */
export function newSite(place: LonLat): Edit {
  const taken = opened();
  let n = taken.length + 1;
  while (taken.includes(`new-${n}`)) n += 1;
  return { edit: 'open_facility', key: `new-${n}`, name: t('whatif.newSite', { n }), place, offers: [{ function: query.peek()?.function ?? '' }] };
}

export async function openSite(place: LonLat): Promise<void> {
  const edit = newSite(place);
  if (await make(edit)) chooseOpened(edit);
}

/** Chooses the site that an edit opened, as soon as the list holds it. */
export function chooseOpened(edit: Edit): void {
  if (edit.edit !== 'open_facility') return;
  const stop = effect(() => {
    const found = sites.value?.features.find(({ properties }) => properties.key === edit.key && properties.change === 'opened');
    if (found === undefined) return;
    chosenSite.value = found.properties.uid;
    queueMicrotask(() => stop());
  });
}

/** How the server is told which one: its key, and its layer unless this scenario opened it. */
export function named(feature: SiteFeature): { facility: string; layer?: string } {
  const { key, layer, change } = feature.properties;
  return change === 'opened' || layer === '' || opened().includes(key) ? { facility: key } : { facility: key, layer };
}

/** A click on the map, by the tool at hand. */
export function click(hit: MapHit): void {
  const now = readOnly.peek() ? null : tool.peek();
  if (now === null) {
    chosenSite.value = hit.facility;
    return;
  }
  if (now === 'add') {
    tool.value = null;
    void openSite(hit.place);
  } else if (now === 'street') {
    tool.value = null;
    void make({ edit: 'close_street', place: hit.place });
  } else if (firstSide.peek() === null) {
    firstSide.value = hit.place;
  } else {
    const sides: [LonLat, LonLat] = [firstSide.peek() ?? hit.place, hit.place];
    batch(() => {
      tool.value = null;
      firstSide.value = null;
    });
    void make({ edit: 'open_gate', sides });
  }
}
