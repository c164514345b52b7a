import { start } from './index.js';

await start('switch-traffic');
