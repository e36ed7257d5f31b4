import type { Mode } from '../mode';
import { CoveragePanel } from './CoveragePanel';

export const coverageMode: Mode = { id: 'coverage', icon: 'coverage', Panel: CoveragePanel, question: 'open' };
