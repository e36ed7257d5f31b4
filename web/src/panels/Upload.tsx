import { useEffect, useRef } from 'preact/hooks';
import { nameOf, t } from '../i18n';
import { UPLOAD_KINDS, type UploadKind } from '../api/job-types';
import { readOnly, study } from '../state/study';
import { check, close, openUpload, take, upload, uploadKind, uploadOffers, uploadProblem } from '../state/upload';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';
import { Segments } from '../ui/Segments';
import { Select } from '../ui/Select';
import { ImportTold } from './ImportTold';

const ACCEPT = '.csv,.tsv,.txt,.geojson,.json';

/** A file dropped anywhere on the page opens the dialog; the browser must not open the file itself. */
function useDrop(): void {
  useEffect(() => {
    const holdsFile = (event: DragEvent) => [...(event.dataTransfer?.types ?? [])].includes('Files');
    const over = (event: DragEvent) => {
      if (holdsFile(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file === undefined || readOnly.peek()) return;
      if (upload.peek().kind === 'closed') openUpload(document.querySelector('[data-mode-now="place"]') === null ? 'facilities' : 'candidates');
      void check(file);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, []);
}

/** Brings a file in: choose it, read what was understood, then keep it or not. */
export function Upload() {
  useDrop();
  const box = useRef<HTMLDialogElement>(null);
  const now = upload.value;
  const open = now.kind !== 'closed';
  useEffect(() => {
    if (open && box.current?.open === false) box.current.showModal();
  }, [open]);
  if (!open) return null;
  return (
    <dialog ref={box} class="dialog upload" aria-labelledby="upload-title" data-testid="upload" data-state={now.kind} onClose={close}>
      <div class="dialog-head">
        <h2 id="upload-title">{t('upload.title')}</h2>
        <button type="button" class="icon-button" aria-label={t('why.close')} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {uploadProblem.value !== null && <Notice problem={uploadProblem.value} title={t('upload.failed')} retry={t('scenario.dismiss')} onRetry={() => (uploadProblem.value = null)} />}
      {now.kind === 'asking' && <Choose />}
      {now.kind === 'checking' && <Waiting text={t('upload.checking', { file: now.file })} />}
      {now.kind === 'told' && (
        <>
          <ImportTold file={now.file} report={now.report} />
          <div class="actions end">
            <button type="button" class="button" data-testid="upload-discard" onClick={close}>
              {t('upload.discard')}
            </button>
            <button type="button" class="button primary" data-testid="upload-accept" disabled={now.report.kept === 0} onClick={() => void take()}>
              {t(now.report.kind === 'candidates' ? 'upload.useCandidates' : now.report.replaces ? 'upload.replace' : 'upload.accept')}
            </button>
          </div>
        </>
      )}
      {now.kind === 'taking' && <Waiting text={t('upload.taking')} />}
      {now.kind === 'taken' && (
        <div class="stack" role="status" data-testid="upload-taken">
          <p>{t(`upload.taken.${now.report.kind}`, { n: now.report.kept, file: now.file })}</p>
          <button type="button" class="button primary" onClick={close}>
            {t('upload.close')}
          </button>
        </div>
      )}
    </dialog>
  );
}

function Waiting({ text }: { text: string }) {
  return (
    <p class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      {text}
    </p>
  );
}

function Choose() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="stack">
      <Segments
        label={t('upload.kind')}
        value={uploadKind.value}
        choices={UPLOAD_KINDS.map((kind) => ({ value: kind, text: t(`upload.${kind}`) }))}
        onChoose={(kind) => (uploadKind.value = kind as UploadKind)}
      />
      {uploadKind.value === 'facilities' && (
        <Select
          id="upload-offers"
          label={t('upload.offers')}
          value={uploadOffers.value}
          choices={[{ value: '', text: t('upload.offersByName') }, ...(study.value?.functions ?? []).map((one) => ({ value: one.id, text: nameOf(one) }))]}
          onChoose={(id) => (uploadOffers.value = id)}
        />
      )}
      <button type="button" class="drop" data-testid="upload-pick" onClick={() => input.current?.click()}>
        <Icon name="file" size={28} />
        <strong>{t('upload.drop')}</strong>
        <span class="hint">{t('upload.formats')}</span>
      </button>
      <input
        ref={input}
        type="file"
        class="sr-only"
        tabIndex={-1}
        accept={ACCEPT}
        aria-label={t('upload.drop')}
        data-testid="upload-file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file !== undefined) void check(file);
        }}
      />
      <p class="hint">{t(`upload.${uploadKind.value}Hint`)}</p>
    </div>
  );
}
