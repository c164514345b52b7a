import { expect, test } from '@jest/globals';
import { ganttChart } from '../../src/domain/gantt.ts';

test('the axis begins at the first bar; what Mermaid would take for its own is taken out', () => {
  const chart = ganttChart('a: b', [
    { title: 'API server', bars: [{ label: 'patch; 8 ms', fromMs: 1000.4, toMs: 1008 }] },
    { title: 'Proxies', bars: [{ label: 'gateway istio-system/gw-1', fromMs: 1008, toMs: 1008 }] },
  ]);
  expect(chart.split('\n')).toEqual([
    'gantt',
    '  title a  b',
    '  dateFormat x',
    '  axisFormat %S.%L s',
    '  section API server',
    '  patch  8 ms :0, 8',
    '  section Proxies',
    '  gateway istio-system/gw-1 :8, 9',
  ]);
});
