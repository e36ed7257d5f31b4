// Where one more site would help: shown or not, and the best places.
import { signal } from '@preact/signals';
import type { Gain } from '../api/types';
import { Loader } from './resource';

export const gainShown = signal(false);
export const gainLoader = new Loader<Gain>();
