import type { Mode } from '../mode';
import { ExplorePanel } from './ExplorePanel';

export const exploreMode: Mode = { id: 'explore', icon: 'layers', Panel: ExplorePanel, question: 'plain' };
