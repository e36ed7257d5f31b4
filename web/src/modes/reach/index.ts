import type { Mode } from '../mode';
import { ReachPanel } from './ReachPanel';

export const reachMode: Mode = { id: 'reach', icon: 'reach', Panel: ReachPanel, question: 'plain' };
