// An edit in words.
import type { Edit } from '../../api/scenario-types';
import type { LonLat } from '../../api/types';
import { nameOf, t } from '../../i18n';
import { sites, study } from '../../state/app';

/** The name a reader knows a facility by: the study's, or the one an earlier edit gave it. */
export function siteName(key: string, edits: readonly Edit[]): string {
  const opened = edits.find((edit) => edit.edit === 'open_facility' && edit.key === key);
  if (opened?.edit === 'open_facility' && opened.name) return opened.name;
  const known = sites.value?.features.find((one) => one.properties.key === key);
  return known?.properties.name || key;
}

const serviceName = (id: string) => {
  const known = study.value?.functions.find((one) => one.id === id);
  return known ? nameOf(known) : id;
};

export function sentence(edit: Edit, edits: readonly Edit[]): string {
  switch (edit.edit) {
    case 'open_facility':
      return t('edit.open', { name: edit.name || edit.key, services: edit.offers.map((offer) => serviceName(offer.function)).join(', ') });
    case 'close_facility':
      return t('edit.close', { name: siteName(edit.facility, edits) });
    case 'move_facility':
      return t('edit.move', { name: siteName(edit.facility, edits) });
    case 'upgrade_facility':
      return t('edit.upgrade', { name: siteName(edit.facility, edits), services: (edit.offers ?? []).map((offer) => serviceName(offer.function)).join(', ') });
    case 'open_gate':
      return t('edit.gate');
    case 'open_barrier':
      return t('edit.barrier');
    case 'close_street':
      return t('edit.street');
    case 'add_street':
      return t('edit.addStreet');
    case 'change_rule':
      return t('edit.rule', { rule: edit.rule });
  }
}

/** Where an edit is, to fly there; null where it is nowhere or only a key says. */
export function placeOf(edit: Edit): LonLat | null {
  switch (edit.edit) {
    case 'open_facility':
    case 'move_facility':
    case 'open_barrier':
    case 'close_street':
      return edit.place;
    case 'open_gate':
      return edit.sides[0];
    case 'add_street':
      return edit.line[0] ?? null;
    default: {
      const key = 'facility' in edit ? edit.facility : null;
      const known = sites.value?.features.find((one) => one.properties.key === key);
      return known === undefined ? null : (known.geometry.coordinates as LonLat);
    }
  }
}
