export const id = 252;
export const ids = [252];
export const modules = {

/***/ 8252:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./lib/mesh/openService.js + 37 modules
var openService = __webpack_require__(6559);
// EXTERNAL MODULE: ./lib/runtime/action.js + 6 modules
var action = __webpack_require__(7976);
// EXTERNAL MODULE: ./lib/runtime/inputs.js
var runtime_inputs = __webpack_require__(963);
// EXTERNAL MODULE: ./lib/cluster/clusterInputs.js
var clusterInputs = __webpack_require__(453);
// EXTERNAL MODULE: ./lib/runtime/rules.js
var rules = __webpack_require__(5323);
;// CONCATENATED MODULE: ./lib/actions/switch-traffic/inputs.js



const fields = {
    ...clusterInputs/* clusterFields */.i,
    to: (0,runtime_inputs/* defaulted */.P_)((0,rules/* oneOf */.yL)('candidate', 'blue', 'green', 'previous'), 'candidate'),
    timeout: (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(1_000, 600_000, '15s'), '15s'),
};

// EXTERNAL MODULE: ./lib/cluster/journal.js
var cluster_journal = __webpack_require__(6737);
// EXTERNAL MODULE: ./lib/domain/split.js
var domain_split = __webpack_require__(5407);
// EXTERNAL MODULE: ./lib/domain/slot.js
var domain_slot = __webpack_require__(4398);
;// CONCATENATED MODULE: ./lib/domain/target.js


/** Which slot is meant, and whether going there is going forward or back. */
function chooseTarget(to, routing, known) {
    if (to === 'previous')
        return previousTarget(routing, known);
    if (known.kind === 'release') {
        const { candidate } = known.release;
        const slot = to === 'candidate' ? candidate : to;
        return { slot, direction: slot === candidate ? 'forward' : 'back' };
    }
    if (to === 'candidate' || known.kind === 'none') {
        return {
            what: known.kind === 'none'
                ? `no release of ${routing.name.service} is on record`
                : `the release record of ${routing.name.service} cannot be read`,
            remedy: 'Run deploy-green and verify-green first; to go back without a record, use to: previous.',
        };
    }
    // Someone names a slot, and the record is broken: it must not keep them from going back.
    return { slot: to, direction: 'back' };
}
/**
 * The slot that was live before the release on record. Given twice, or before the release was switched, it is
 * the slot that is live: nothing moves to a version that nobody asked for. Without a record, the other slot.
 */
function previousTarget(routing, known) {
    const slot = known.kind === 'release' ? (0,domain_split/* soleSlot */.ye)(known.release.splitBefore) : null;
    if (slot !== null)
        return { slot, direction: 'back' };
    if (routing.live !== null)
        return { slot: (0,domain_slot/* otherSlot */.j)(routing.live), direction: 'back' };
    return {
        what: `which slot was live before cannot be told: there is no usable record, and ${routing.disagreement ?? 'both slots take traffic'}`,
        remedy: 'Say which: to: blue or to: green.',
    };
}

// EXTERNAL MODULE: ./lib/mesh/moveTraffic.js
var moveTraffic = __webpack_require__(2767);
// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
// EXTERNAL MODULE: ./lib/domain/forwardChecks.js
var forwardChecks = __webpack_require__(4628);
;// CONCATENATED MODULE: ./lib/actions/switch-traffic/preconditions.js


/** The proxies have known the candidate since it became ready: whoever does not by now has a reason. */
const proxyTimeoutMs = 5_000;
/**
 * Going forward: each condition with its numbers, all of them before anything is refused (invariant 3).
 * @throws PreconditionError with every condition that does not hold
 */
async function requireProof({ mesh, log, signal }, routing, slot, release) {
    // A Gateway that does not exist, or that nobody serves, needs no waiting for a proof.
    const [pods] = await Promise.all([mesh.pods(routing), mesh.gateways(routing)]);
    const ready = pods[slot].filter((pod) => pod.ready).map(({ ip }) => ip);
    const options = { timeoutMs: proxyTimeoutMs, signal };
    const checks = [
        ...(0,forwardChecks/* forwardChecks */.Z)(routing, slot, release, pods),
        ...(await Promise.all([
            asCheck('candidate known', () => mesh.proveSubset(routing, slot, ready, options)),
            asCheck('routes known', () => mesh.proveSplit(routing, 'as-read', options)),
        ])),
    ];
    for (const { name, ok, detail } of checks)
        log.info(`${ok ? '✓' : '✗'} ${name}: ${detail}`);
    if (!routing.meshGoverned) {
        log.warning(`no VirtualService bound to the mesh steers ${routing.name.service}: callers inside the mesh reach both slots whatever the weights`);
    }
    const failed = checks.filter(({ ok }) => !ok);
    if (failed.length === 0)
        return;
    throw new errors/* PreconditionError */.Rb(`${slot} may not take the traffic yet:\n${failed.map(({ name, detail }) => `  ${name}: ${detail}`).join('\n')}`, failed.map(({ remedy }) => remedy).join('\n  '));
}
async function asCheck(name, prove) {
    try {
        const { proxies } = await prove();
        return { name, ok: true, detail: `by all ${String(proxies.length)} proxies`, remedy: '' };
    }
    catch (error) {
        if (!(error instanceof errors/* DeadlineError */.j3))
            throw error;
        return { name, ok: false, detail: error.message, remedy: error.remedy };
    }
}
/**
 * Going back: one ready endpoint, and nothing else (invariant 4).
 * @throws PreconditionError when there is none: then going there would serve nobody
 */
async function requireEndpoint({ mesh, log }, routing, slot) {
    const pods = await mesh.pods(routing);
    const ready = (0,forwardChecks/* readyCount */.N)(pods[slot]);
    log.info(`${ready > 0 ? '✓' : '✗'} endpoints: ${slot} has ${String(ready)} ready pods`);
    if (ready > 0)
        return;
    throw new errors/* PreconditionError */.Rb(`${slot} has no ready pod: nobody would be served`, `Bring ${slot} up first: kubectl rollout status deployment/${routing.name.service}-${slot} -n ${routing.name.namespace}`);
}

// EXTERNAL MODULE: ./lib/mesh/podView.js
var podView = __webpack_require__(7579);
;// CONCATENATED MODULE: ./lib/actions/switch-traffic/report.js


/** Tells what was done: one line for the log, outputs for later steps, a table for people. */
function report({ target, before, moved }, { name, clock, log, outputs, summary }) {
    const split = (0,domain_split/* formatSplit */.oe)((0,domain_split/* all */.Q7)(target));
    const { changed, acceptedMs, proof } = moved;
    const timings = proof.proxies
        .map(({ proxy, ms }) => ({ proxy: (0,podView/* formatProxy */.yt)(proxy), ms: Math.round(ms) }))
        .toSorted((a, b) => b.ms - a.ms);
    const worstMs = Math.round(proof.worstMs);
    log.group(changed
        ? `${split}: served by all ${String(timings.length)} proxies ${String(worstMs)} ms after the patch was accepted`
        : `${split} already: nothing was written, all ${String(timings.length)} proxies serve it`, timings.map(({ proxy, ms }) => `${proxy}: ${String(ms)} ms`));
    outputs.set('changed', changed);
    outputs.set('previous-split', before);
    outputs.set('split', split);
    outputs.set('switch-ms', worstMs);
    outputs.set('proxies', JSON.stringify(timings));
    outputs.set('patched-at', new Date(clock.now() - (clock.monotonic() - acceptedMs)).toISOString());
    summary.heading(`${name.service}: ${before} → ${split}`);
    summary.table(['proxy', 'serves it after'], timings.map(({ proxy, ms }) => [proxy, `${String(ms)} ms`]));
}

;// CONCATENATED MODULE: ./lib/actions/switch-traffic/run.js







/** Moves all traffic to one slot. Done when every proxy serves it; otherwise as it was before, and a failure. */
async function switchTraffic(inputs, tools) {
    const { name, mesh, record, clock, log } = tools;
    const routing = await mesh.read(name);
    const journal = await (0,cluster_journal/* openJournalForRollback */.F)(record, name, clock, log);
    const target = decide(inputs, routing, journal);
    log.info(`${name.service} is at ${formatSplitOf(routing)}; ${target.direction} to ${(0,domain_split/* formatSplit */.oe)((0,domain_split/* all */.Q7)(target.slot))} in ${String(routing.virtualServices.length)} VirtualServices`);
    const moved = target.direction === 'forward'
        ? await forward(inputs, routing, target, journal, tools)
        : await back(inputs, routing, target, journal, tools);
    report({ target: target.slot, before: formatSplitOf(routing), moved }, tools);
}
function decide({ to }, routing, { state }) {
    const target = chooseTarget(to, routing, state);
    if ('what' in target)
        throw new errors/* PreconditionError */.Rb(target.what, target.remedy);
    return target;
}
async function forward({ timeout }, routing, { slot }, journal, { mesh, log, signal }) {
    const target = (0,domain_split/* all */.Q7)(slot);
    const { release } = journal;
    const isThere = routing.split !== null && (0,domain_split/* sameSplit */.xY)(routing.split, target);
    if (!isThere) {
        await requireProof({ mesh, log, signal }, routing, slot, release);
        await journal.enter('switching', `from ${formatSplitOf(routing)} to ${(0,domain_split/* formatSplit */.oe)(target)}`);
    }
    // Cut off between patch and proof: then what the run before wrote is what has to be undone.
    const fallback = release?.phase === 'switching' ? release.splitBefore : null;
    let moved;
    try {
        moved = await (0,moveTraffic/* moveForward */.n)(mesh, routing, { target, timeoutMs: timeout, fallback, signal });
    }
    catch (error) {
        const isBack = !(error instanceof errors/* RollbackError */.ZS);
        if (isBack && journal.release?.phase === 'switching') {
            await journal.tryEnter('verified', 'the switch was put back');
        }
        throw error;
    }
    if (journal.release?.phase === 'switching' || journal.release?.phase === 'verified') {
        await journal.enter('monitoring', `${(0,domain_split/* formatSplit */.oe)(target)}, ${provenIn(moved)}`, { splitAfter: target });
    }
    return moved;
}
async function back({ timeout }, routing, { slot }, journal, { mesh, log }) {
    const target = (0,domain_split/* all */.Q7)(slot);
    const isThere = routing.split !== null && (0,domain_split/* sameSplit */.xY)(routing.split, target);
    if (!isThere) {
        await requireEndpoint({ mesh, log }, routing, slot);
        await journal.tryEnter('rolling-back', `from ${formatSplitOf(routing)} to ${(0,domain_split/* formatSplit */.oe)(target)}`);
    }
    const moved = await (0,moveTraffic/* moveBack */.J)(mesh, routing, target, timeout);
    const phase = journal.release?.phase;
    if (phase === 'rolling-back' || phase === 'switching' || phase === 'monitoring') {
        await journal.tryEnter('rolled-back', `${(0,domain_split/* formatSplit */.oe)(target)}, ${provenIn(moved)}`, {
            splitAfter: target,
        });
    }
    return moved;
}
const provenIn = ({ proof }) => `proven in ${String(proof.proxies.length)} proxies, ${String(Math.round(proof.worstMs))} ms`;
const formatSplitOf = ({ split, disagreement }) => split === null ? `no single split (${disagreement ?? ''})` : (0,domain_split/* formatSplit */.oe)(split);

;// CONCATENATED MODULE: ./lib/actions/switch-traffic/index.js





const main = () => (0,action/* runAction */.C)('switch-traffic', async (context) => {
    const inputs = (0,runtime_inputs/* parseInputs */.TL)(context.inputs, fields);
    await switchTraffic(inputs, { ...context, ...(await (0,openService/* openService */.I)(context, inputs)) });
});


/***/ }),

/***/ 4628:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   N: () => (/* binding */ readyCount),
/* harmony export */   Z: () => (/* binding */ forwardChecks)
/* harmony export */ });
/* harmony import */ var _routing_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7926);
/* harmony import */ var _slot_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4398);


/** Phases in which a release may be made live: verified, or cut off while it was being switched. */
const switchable = ['verified', 'switching'];
/** Forward needs proof (invariant 3). What the proxies know is proven apart. */
function forwardChecks(routing, slot, release, pods) {
    return [isVerified(slot, release), hasCapacity(slot, pods), selectsItsOwn(routing, slot, release, pods)];
}
function isVerified(slot, release) {
    const verify = release?.verdicts.verify;
    const ok = release?.candidate === slot && switchable.includes(release.phase) && verify?.verdict === 'pass';
    const detail = release === null
        ? 'there is no release record'
        : release.candidate !== slot
            ? `release ${release.id} has its candidate in ${release.candidate}, not in ${slot}`
            : `release ${release.id} is ${release.phase}${verify === undefined ? '' : `, verdict ${verify.verdict}: ${verify.reason}`}`;
    return { name: 'verified', ok, detail, remedy: 'Run deploy-green and verify-green for it first.' };
}
function hasCapacity(slot, pods) {
    const ready = readyCount(pods[slot]);
    const live = readyCount(pods[(0,_slot_js__WEBPACK_IMPORTED_MODULE_0__/* .otherSlot */ .j)(slot)]);
    return {
        name: 'capacity',
        ok: ready > 0 && ready >= live,
        detail: `${slot} has ${String(ready)} ready pods, ${(0,_slot_js__WEBPACK_IMPORTED_MODULE_0__/* .otherSlot */ .j)(slot)} has ${String(live)}`,
        remedy: `Give ${slot} at least ${String(Math.max(1, live))} ready pods: kubectl get pods shows what keeps them.`,
    };
}
function selectsItsOwn(routing, slot, release, pods) {
    const deployment = `${routing.name.service}-${slot}`;
    const version = release?.slots[slot]?.version;
    const foreign = pods[slot].filter((pod) => (pod.deployment !== null && pod.deployment !== deployment) ||
        (version !== undefined && (pod.labels['version'] ?? version) !== version));
    const missed = pods[(0,_slot_js__WEBPACK_IMPORTED_MODULE_0__/* .otherSlot */ .j)(slot)].filter((pod) => pod.deployment === deployment);
    const wrong = [...new Set([...foreign, ...missed, ...pods.both].map(({ name }) => name))];
    const labels = Object.entries(routing.destinationRule.subsets[slot].labels).map(([key, value]) => `${key}=${value}`);
    return {
        name: 'selection',
        ok: wrong.length === 0,
        detail: wrong.length === 0
            ? `subset ${slot} (${labels.join(',')}) selects ${String(pods[slot].length)} pods, all of ${deployment}`
            : `subset ${slot} (${labels.join(',')}) and the slots do not agree about ${wrong.join(', ')}`,
        remedy: `Correct the labels of subset ${slot} in ${(0,_routing_js__WEBPACK_IMPORTED_MODULE_1__/* .formatObject */ .j)('DestinationRule', routing.destinationRule)}: each subset selects the pods of its own slot and no others.`,
    };
}
const readyCount = (pods) => pods.filter(({ ready }) => ready).length;


/***/ }),

/***/ 2767:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   J: () => (/* binding */ moveBack),
/* harmony export */   n: () => (/* binding */ moveForward)
/* harmony export */ });
/* harmony import */ var _domain_split_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5407);
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);


/**
 * Moves all traffic forward and proves it, or puts back what was and proves that: also when it is cut off.
 * @throws VerificationError when it is back as it was; RollbackError when even that is not proven
 */
async function moveForward(mesh, routing, move) {
    const { target, timeoutMs, fallback, signal } = move;
    const change = await mesh.setSplit(routing, target);
    try {
        const options = { timeoutMs, sinceMs: change.acceptedMs, signal };
        const proof = await mesh.proveSplit(routing, target, options);
        return { changed: change.changed, acceptedMs: change.acceptedMs, proof };
    }
    catch (error) {
        if (!change.changed && fallback === null)
            throw error;
        if (change.changed)
            await mesh.putBack(routing, change);
        else if (fallback !== null)
            await mesh.setSplit(routing, fallback);
        const proof = await proveBack(mesh, routing, change.changed || fallback === null ? 'as-read' : fallback, timeoutMs, error);
        if (signal.aborted)
            throw error;
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .VerificationError */ .mk(`${messageOf(error)}\nThe previous split is back, proven in ${String(proof.proxies.length)} proxies after ${String(Math.round(proof.worstMs))} ms.`, 'Find out why the proxies named above did not get the new weights, then run the step again.', { cause: error });
    }
}
/** The undo of a move does not listen to the signal: whoever cancels wants it undone. */
async function proveBack(mesh, routing, target, timeoutMs, cause) {
    try {
        return await mesh.proveSplit(routing, target, { timeoutMs });
    }
    catch (error) {
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .RollbackError */ .ZS(`${messageOf(cause)}\nThe previous weights are written again, but: ${messageOf(error)}`, 'Look at istiod now: the proxies named above serve what they had before.', { cause: error });
    }
}
/**
 * Moves all traffic back and proves it. When it cannot be proven the weights stay: they are what everyone wants.
 * @throws RollbackError
 */
async function moveBack(mesh, routing, target, timeoutMs) {
    const change = await mesh.setSplit(routing, target);
    try {
        const proof = await mesh.proveSplit(routing, target, { timeoutMs, sinceMs: change.acceptedMs });
        return { changed: change.changed, acceptedMs: change.acceptedMs, proof };
    }
    catch (error) {
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .RollbackError */ .ZS(`the weights are ${(0,_domain_split_js__WEBPACK_IMPORTED_MODULE_1__/* .formatSplit */ .oe)(target)} again, but: ${messageOf(error)}`, 'Look at istiod now: the proxies named above serve what they had before.', { cause: error });
    }
}
const messageOf = (error) => (error instanceof Error ? error.message : String(error));


/***/ })

};
