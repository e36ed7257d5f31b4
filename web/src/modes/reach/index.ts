import type { Mode } from '../mode';
import { later } from '../../ui/later';

export const reachMode: Mode = { id: 'reach', icon: 'reach', Panel: later(() => import('./ReachPanel').then((part) => part.ReachPanel)), question: 'plain' };
