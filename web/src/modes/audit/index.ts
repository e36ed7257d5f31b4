import type { Mode } from '../mode';
import { AuditPanel } from './AuditPanel';

export const auditMode: Mode = { id: 'audit', icon: 'audit', Panel: AuditPanel, question: 'plain' };
