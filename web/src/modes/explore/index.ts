import type { Mode } from '../mode';
import { later } from '../../ui/later';

export const exploreMode: Mode = { id: 'explore', icon: 'layers', Panel: later(() => import('./ExplorePanel').then((part) => part.ExplorePanel)), question: 'plain' };
