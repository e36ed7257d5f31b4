import { describe, expect, it } from 'vitest';
import { demand, hash, meters, minutes, NONE, persons, place, points, share, speed, spaced } from '../format';

describe('minutes', () => {
  it('never read as within a cutoff that they miss', () => {
    expect(minutes(15, 'en')).toBe('15.0');
    expect(minutes(15 + 1 / 60000, 'en')).toBe('15.1');
    expect(minutes(14.1, 'en')).toBe('14.1');
    expect(minutes(0, 'en')).toBe('0.0');
  });

  it('lose the tenths from a hundred on', () => {
    expect(minutes(100.2, 'en')).toBe('101');
    expect(minutes(99.9, 'en')).toBe('99.9');
  });

  it('show a dash where there is none', () => {
    expect(minutes(null, 'en')).toBe(NONE);
    expect(minutes(Number.POSITIVE_INFINITY, 'zh')).toBe(NONE);
  });
});

describe('shares', () => {
  it('read 0% and 100% only when they are', () => {
    expect(share(1, 'en')).toBe('100%');
    expect(share(0, 'en')).toBe('0%');
    expect(share(0.99999, 'en')).toBe('99.9%');
    expect(share(0.00001, 'en')).toBe('0.1%');
    expect(share(0.6296, 'en')).toBe('63.0%');
    expect(share(null, 'en')).toBe(NONE);
  });

  it('differ by signed points', () => {
    expect(points(0.1764, 'en')).toBe('+17.6');
    expect(points(-0.02, 'en')).toBe('−2.0');
  });
});

describe('lengths and counts', () => {
  it('turn to kilometres at a thousand metres', () => {
    expect(meters(999.4, 'en')).toBe('999 m');
    expect(meters(999.6, 'en')).toBe('1.0 km');
    expect(meters(1126, 'en')).toBe('1.1 km');
    expect(meters(123_456, 'en')).toBe('123 km');
    expect(meters(null, 'en')).toBe(NONE);
  });

  it('group thousands in both languages', () => {
    expect(persons(80157.4, 'en')).toBe('80,157');
    expect(persons(80157, 'zh')).toBe('80,157');
  });

  it('show streets in kilometres where no population is known', () => {
    expect(demand(15_240, 'street_meters', 'en')).toBe('15.2 km');
    expect(demand(15_240, 'persons', 'en')).toBe('15,240');
  });

  it('keep speed digits only where needed', () => {
    expect([0.8, 1, 1.25].map((value) => speed(value, 'en'))).toEqual(['0.8 m/s', '1.0 m/s', '1.25 m/s']);
  });

  it('name places latitude first and hashes short', () => {
    expect(place([-4.48, 54.15])).toBe('54.15000, -4.48000');
    expect(hash('0123456789abcdef')).toBe('0123456789ab');
  });
});

describe('names set into Chinese', () => {
  it('stand a space apart from it, and only they', () => {
    expect(spaced('最近的是Escuela Ñandú，位于La Isleta区')).toBe('最近的是 Escuela Ñandú，位于 La Isleta 区');
    expect(spaced('共 21 条，15分钟')).toBe('共 21 条，15分钟');
  });
});
