// A few words for tests that read as what they check.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class Run {
  failures = [];
  checks = 0;

  async step(name, work) {
    const began = Date.now();
    const before = this.failures.length;
    try {
      await work();
    } catch (error) {
      this.failures.push(`${name}: ${String(error).split('\n')[0]}`);
    }
    const failed = this.failures.slice(before);
    console.log(`${failed.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    for (const failure of failed) console.log(`     ${failure}`);
  }

  equal(what, got, expected) {
    this.checks += 1;
    const same = typeof expected === 'number' ? Math.abs(Number(got) - expected) <= 1e-9 * Math.max(1, Math.abs(expected)) : got === expected;
    if (!same) this.failures.push(`${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);
  }

  near(what, got, expected, tolerance) {
    this.checks += 1;
    if (!(Math.abs(Number(got) - expected) <= tolerance)) this.failures.push(`${what}: got ${got}, expected ${expected} ± ${tolerance}`);
  }

  holds(what, condition) {
    this.checks += 1;
    if (!condition) this.failures.push(what);
  }

  /** No serious or critical finding of axe on the page as it is now. */
  async accessible(page, where) {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    for (const { id, impact, nodes } of violations) {
      const text = `${where}: axe ${impact} ${id} at ${nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')}`;
      if (impact === 'serious' || impact === 'critical') this.failures.push(text);
      else console.log(`     note, ${text}`);
    }
    this.checks += 1;
  }
}

/** Every covered count in a JSON document of ours with the question it answers: answers of /api/v1/coverage, or rules of an audit. */
export function expectations(document) {
  const found = [];
  const visit = (value) => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (value === null || typeof value !== 'object') return undefined;
    const asked = { ...value, ...(value.rule !== null && typeof value.rule === 'object' ? value.rule : {}) };
    const totals = value.total ?? value.totals ?? value;
    const functionId = asked.function ?? (asked.functions?.length === 1 ? asked.functions[0] : undefined);
    const covered = totals.covered_persons;
    if (functionId && asked.profile && Number.isInteger(asked.cutoff_min) && !asked.tier && typeof covered === 'number') {
      const persons = totals.persons ?? totals.total_persons ?? null;
      found.push({ function: functionId, profile: asked.profile, group: asked.group ?? 'all', cutoff_min: asked.cutoff_min, covered_persons: covered, persons });
    }
    return Object.values(value).forEach(visit);
  };
  visit(document);
  return found;
}
