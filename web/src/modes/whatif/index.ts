import type { Mode } from '../mode';
import { attachDrag } from './drag';
import { click } from './tools';
import { WhatIfPanel } from './WhatIfPanel';

export const whatIfMode: Mode = { id: 'whatif', icon: 'whatif', needs: 'scenarios', Panel: WhatIfPanel, question: 'folded', click, attach: attachDrag };
