import type { Mode } from '../mode';
import { ComparePanel } from './ComparePanel';

export const compareMode: Mode = { id: 'compare', icon: 'compare', needs: 'compare', Panel: ComparePanel, question: 'folded', click: () => undefined };
