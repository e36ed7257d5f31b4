import { signal } from '@preact/signals';
import type { Study } from '../api/types';
import { mapNow } from './now';

export const saving = signal(false);

/** Saves the map as seen; false where the browser could not draw it. */
export async function savePicture(study: Study): Promise<boolean> {
  const map = mapNow.peek();
  if (map === null || saving.peek()) return false;
  saving.value = true;
  const blob = await import('./picture').then(({ picture }) => picture(map, study)).catch(() => null);
  saving.value = false;
  if (blob === null) return false;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${study.id}-map.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return true;
}
