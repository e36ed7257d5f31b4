import type { Mode } from '../mode';
import { later } from '../../ui/later';

export const compareMode: Mode = { id: 'compare', icon: 'compare', needs: 'compare', Panel: later(() => import('./ComparePanel').then((part) => part.ComparePanel)), question: 'folded', click: () => undefined };
