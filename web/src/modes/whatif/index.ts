import type { Mode } from '../mode';
import { attachDrag } from './drag';
import { click } from './tools';
import { later } from '../../ui/later';

export const whatIfMode: Mode = { id: 'whatif', icon: 'whatif', needs: 'scenarios', Panel: later(() => import('./WhatIfPanel').then((part) => part.WhatIfPanel)), question: 'folded', click, attach: attachDrag };
