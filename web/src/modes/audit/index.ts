import type { Mode } from '../mode';
import { later } from '../../ui/later';

export const auditMode: Mode = { id: 'audit', icon: 'audit', needs: '/api/v1/jobs/{job}/files', Panel: later(() => import('./AuditPanel').then((part) => part.AuditPanel)), question: 'plain' };
