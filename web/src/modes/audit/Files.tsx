import { jobs } from '../../api/jobs';
import type { JobFile } from '../../api/job-types';
import { bytes } from '../../format';
import { t, type Key } from '../../i18n';
import { filesLoader, run } from '../../state/audit';
import { latest } from '../../state/resource';
import { language } from '../../state/settings';
import { Icon } from '../../ui/Icon';
import { Notice } from '../../ui/Notice';

const KNOWN: Record<string, Key> = {
  'report.html': 'file.report',
  'report.pdf': 'file.pdf',
  'tables.xlsx': 'file.tables',
  'zones.csv': 'file.zonesCsv',
  'gaps.csv': 'file.gapsCsv',
  'statement.csv': 'file.statement',
  'zones.geojson': 'file.zones',
  'gaps.geojson': 'file.gaps',
  'demand.geojson': 'file.demand',
  'facilities.geojson': 'file.facilities',
  'walkshed.gpkg': 'file.gpkg',
  'audit.json': 'file.audit',
};
const ending = (name: string) => name.slice(name.lastIndexOf('.') + 1);
/** What is read first comes first. */
const ORDER = Object.keys(KNOWN);
const rank = ({ name }: JobFile) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
const isAll = ({ name }: JobFile) => name.endsWith('.zip');

/** What the run wrote, to read, to hand in, or to open in a GIS. */
export function Files() {
  const id = run.job.value?.id;
  const state = filesLoader.state.value;
  const files = latest(state);
  if (state.kind === 'failed') return <Notice problem={state.problem} onRetry={() => filesLoader.retry()} />;
  if (files === null || id === undefined || files.length === 0) return null;
  const all = files.find(isAll);
  return (
    <section data-testid="files">
      <h3>{t('files.title')}</h3>
      {(run.job.value?.notes ?? []).map((note) => (
        <p key={note} class="hint" role="status" data-testid="audit-note">
          {note}
        </p>
      ))}
      {all !== undefined && (
        <a class="button wide download-all" href={jobs.fileAddress(id, all.name)} download={all.name} data-testid="file-all">
          {t('files.all', { size: bytes(all.bytes, language.value) })}
        </a>
      )}
      <ul class="files">
        {files.filter((file) => !isAll(file)).sort((a, b) => rank(a) - rank(b)).map((file) => (
          <File key={file.name} id={id} file={file} />
        ))}
      </ul>
    </section>
  );
}

function File({ id, file }: { id: string; file: JobFile }) {
  const key = KNOWN[file.name];
  const title = key === undefined ? file.name : t(key);
  return (
    <li>
      <a href={jobs.fileAddress(id, file.name)} download={file.name} data-testid="file" data-name={file.name}>
        <Icon name="download" size={16} />
        <span>{title}</span>
        <span class="hint num">
          {ending(file.name).toUpperCase()} · {bytes(file.bytes, language.value)}
        </span>
      </a>
    </li>
  );
}
