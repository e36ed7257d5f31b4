// Which study is open, and what the server serves besides. A study that is closed is opened first, which may take a while.
import { computed, signal } from '@preact/signals';
import { api, ApiError, untilOpen } from '../api/client';
import type { Job, Library, Study } from '../api/types';
import { latest, Loader } from './resource';

export const libraryLoader = new Loader<Library>();
export const studyLoader = new Loader<Study>();
export const library = computed(() => latest(libraryLoader.state.value));
export const study = computed(() => latest(studyLoader.state.value));
/** What the study is being opened with, while it is. */
export const opening = signal<Job | null>(null);
export const readOnly = computed(() => library.value?.read_only ?? false);

/** Opens the study the link asks for, else the first one served. */
export function openStudy(wish: string | undefined): void {
  studyLoader.load(async (abort) => {
    const served = await api.library(abort);
    libraryLoader.put(served);
    const chosen = served.studies.find(({ id }) => id === wish) ?? served.studies[0];
    if (chosen === undefined) throw new ApiError({ kind: 'refused', title: '', detail: 'no study is served', status: null });
    if (chosen.state !== 'open') await untilOpen(chosen.id, abort, (job) => (opening.value = job));
    opening.value = null;
    return api.study(chosen.id, abort);
  });
}

/** Begins anew with another study: nothing of this one carries over but language and theme. */
export function chooseStudy(id: string): void {
  if (id !== study.peek()?.id) window.location.hash = `#study=${encodeURIComponent(id)}`;
}
