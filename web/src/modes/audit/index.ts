import type { Mode } from '../mode';
import { AuditPanel } from './AuditPanel';

export const auditMode: Mode = { id: 'audit', icon: 'audit', needs: '/api/v1/jobs/{job}/files', Panel: AuditPanel, question: 'plain' };
