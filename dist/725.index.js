export const id = 725;
export const ids = [725];
export const modules = {

/***/ 3725:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./lib/cluster/workloads.js
var workloads = __webpack_require__(6656);
// EXTERNAL MODULE: ./lib/mesh/openService.js + 44 modules
var openService = __webpack_require__(6567);
// EXTERNAL MODULE: ./lib/runtime/action.js + 6 modules
var action = __webpack_require__(7976);
// EXTERNAL MODULE: ./lib/runtime/inputs.js
var runtime_inputs = __webpack_require__(963);
// EXTERNAL MODULE: ./lib/tools/openHelm.js + 4 modules
var openHelm = __webpack_require__(7732);
// EXTERNAL MODULE: ./lib/cluster/clusterInputs.js
var clusterInputs = __webpack_require__(453);
// EXTERNAL MODULE: ./lib/cluster/underLease.js
var underLease = __webpack_require__(9932);
// EXTERNAL MODULE: ./lib/runtime/rules.js
var rules = __webpack_require__(5323);
;// CONCATENATED MODULE: ./lib/actions/cleanup-blue/inputs.js




const fields = {
    ...clusterInputs/* clusterFields */.i,
    ...underLease/* leaseFields */.I,
    'stable-for': (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(0, 30 * 86_400_000, '24h'), '24h'),
    'traffic-window': (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(1_000, 600_000, '10s'), '10s'),
    timeout: (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(10_000, 3_600_000, '5m'), '5m'),
    'dry-run': (0,runtime_inputs/* defaulted */.P_)(rules/* yesNo */.Lm, 'false'),
};

// EXTERNAL MODULE: ./lib/cluster/journal.js
var cluster_journal = __webpack_require__(6737);
// EXTERNAL MODULE: ./lib/domain/routing.js
var domain_routing = __webpack_require__(7926);
// EXTERNAL MODULE: ./lib/domain/slot.js
var domain_slot = __webpack_require__(4398);
;// CONCATENATED MODULE: ./lib/domain/cleanup.js


/** Phases in which the slot that was left may go, once they have lasted long enough. */
const calm = ['stable', 'rolled-back', 'failed', 'complete'];
/**
 * Whether the slot that takes no traffic may be removed, as far as routes and record tell (invariant 9).
 * @param stableForMs how long the release has to have been as it is
 */
function removableSlot(routing, release, stableForMs, now) {
    const { live } = routing;
    if (live === null || (0,domain_routing/* takesTraffic */.C)(routing, (0,domain_slot/* otherSlot */.j)(live))) {
        const why = routing.disagreement ?? 'both slots take traffic';
        return { kind: 'kept', slot: null, reason: `no slot is without traffic: ${why}` };
    }
    const slot = (0,domain_slot/* otherSlot */.j)(live);
    const kept = (reason) => ({ kind: 'kept', slot, reason });
    if (release === null)
        return kept('no usable release record tells how long the live slot has been stable');
    const { id, phase, timeline, candidate } = release;
    // A run that was cut off has looked at everything already; what it began is ended.
    if (phase === 'cleaning')
        return { kind: 'removable', slot };
    if (!calm.includes(phase))
        return kept(`release ${id} is ${phase}`);
    if (phase === 'stable' && candidate === slot) {
        return kept(`release ${id} is stable in ${slot}, but the traffic is on ${live}: someone moved it by hand`);
    }
    const since = timeline.findLast((entry) => entry.phase === phase)?.at;
    const forMs = since === undefined ? 0 : now.getTime() - Date.parse(since);
    if (forMs >= stableForMs)
        return { kind: 'removable', slot };
    return kept(`release ${id} is ${phase} for ${hours(forMs)} of the ${hours(stableForMs)} asked for`);
}
function hours(ms) {
    return ms < 3_600_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

// EXTERNAL MODULE: ./lib/domain/renderedChart.js
var renderedChart = __webpack_require__(2279);
// EXTERNAL MODULE: ./lib/domain/counters.js
var counters = __webpack_require__(1747);
;// CONCATENATED MODULE: ./lib/actions/cleanup-blue/measureTraffic.js

/**
 * Watches every proxy's own counters for a while.
 * @returns why the slot may not go; null when nobody sent it anything
 */
async function measureTraffic({ 'traffic-window': windowMs }, { mesh, clock, log, signal }, routing, slot) {
    log.info(`watching ${slot} for ${String(windowMs / 1000)} s: does anybody still send to it?`);
    const before = (await mesh.counters(routing)).slots[slot];
    await clock.sleep(windowMs, signal);
    const after = (await mesh.counters(routing)).slots[slot];
    const silent = [...new Set([...before.silent, ...after.silent])];
    if (silent.length > 0)
        return `${silent.join(', ')} did not say whether it sends to ${slot}`;
    const { requests } = (0,counters/* addSample */.yl)((0,counters/* startCount */.si)(before), after).total;
    if (requests === 0)
        return null;
    return `${String(requests)} requests reached ${slot} within ${String(windowMs / 1000)} s`;
}

// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
// EXTERNAL MODULE: ./lib/runtime/poll.js
var poll = __webpack_require__(1859);
;// CONCATENATED MODULE: ./lib/actions/cleanup-blue/removeSlot.js




/**
 * Removes what stands in a slot, and waits until its pods are gone. The DestinationRule stays as it is: its
 * subset is where the next candidate comes.
 * @throws PreconditionError when the slot has got traffic meanwhile; DeadlineError when pods do not go
 */
async function removeSlot({ timeout }, { name, mesh, lease, helm, workloads, clock, log, signal }, slot, isHelms) {
    const { namespace } = name;
    const workload = (0,renderedChart/* workloadName */.vO)(name.service, slot);
    const selector = (await workloads.deployment(namespace, workload))?.selector ?? null;
    // The very last look: measuring took a while (invariant 1), and a rollback may be on its way here.
    if ((0,domain_routing/* takesTraffic */.C)(await mesh.read(name), slot)) {
        throw new errors/* PreconditionError */.Rb(`${slot} has got traffic meanwhile: it stays`, 'Find out who moved it: kubectl get events shows what these actions did.');
    }
    await lease.check();
    if (isHelms)
        await helm.uninstall({ name: workload, namespace }, timeout);
    // A Deployment that Helm never owned, or that it was told to keep.
    await workloads.remove(namespace, workload);
    if (selector === null)
        return;
    const options = {
        clock,
        timeoutMs: timeout,
        intervalMs: 500,
        signal,
        what: `the pods of ${workload} to go`,
        remedy: `See what keeps them: kubectl get pods -n ${namespace}`,
    };
    await (0,poll/* poll */.w)(options, async () => {
        const left = await workloads.podCount(namespace, selector);
        return left === 0 ? { done: true, value: null } : { done: false, reason: `${String(left)} are left` };
    });
    log.info(`${workload} is gone, pods and all`);
}

;// CONCATENATED MODULE: ./lib/actions/cleanup-blue/run.js






/** Removes the slot that was left: no weight anywhere, no traffic measured, stable long enough. Otherwise keeps it. */
async function cleanupBlue(inputs, given) {
    // Whoever only looks needs no lease, and no right to write one.
    const tools = inputs['dry-run'] ? given : await (0,underLease/* underLease */.z)(inputs, given);
    const { name, mesh, record, workloads, clock, log } = tools;
    const routing = await mesh.read(name);
    const journal = await (0,cluster_journal/* openJournal */._)(record, name, clock, log);
    const verdict = removableSlot(routing, journal.release, inputs['stable-for'], new Date(clock.now()));
    if (verdict.kind === 'kept') {
        report(tools, verdict.slot, { kept: verdict.reason });
        return;
    }
    const { slot } = verdict;
    const deployment = await workloads.deployment(name.namespace, (0,renderedChart/* workloadName */.vO)(name.service, slot));
    const helmRelease = await tools.helm.status({
        name: (0,renderedChart/* workloadName */.vO)(name.service, slot),
        namespace: name.namespace,
    });
    const isEmpty = deployment === null && helmRelease === null;
    if (isEmpty && journal.release?.phase !== 'cleaning') {
        report(tools, slot, { kept: 'it is empty already' });
        return;
    }
    const busy = isEmpty ? null : await measureTraffic(inputs, tools, routing, slot);
    if (busy !== null) {
        report(tools, slot, { kept: busy });
        return;
    }
    if (inputs['dry-run']) {
        report(tools, slot, { kept: 'dry-run: it would be removed now' });
        return;
    }
    await journal.enter('cleaning', `${slot}: no weight, no traffic`);
    await removeSlot(inputs, tools, slot, helmRelease !== null);
    await journal.enter('complete', `${slot} is removed`);
    report(tools, slot, { removed: (0,renderedChart/* workloadName */.vO)(name.service, slot) });
}
function report({ name, log, outputs, summary }, slot, outcome) {
    const removed = 'removed' in outcome ? outcome.removed : '';
    const reason = 'kept' in outcome ? outcome.kept : 'no weight, no traffic, stable long enough';
    const kept = removed === '' && slot !== null ? (0,renderedChart/* workloadName */.vO)(name.service, slot) : '';
    log.info(removed === '' ? `kept ${kept === '' ? 'both slots' : kept}: ${reason}` : `removed ${removed}`);
    outputs.set('removed', removed);
    outputs.set('kept', kept);
    outputs.set('reasons', reason);
    summary.heading(`${name.service}: cleanup`);
    summary.facts([
        ['removed', removed === '' ? 'nothing' : removed],
        ['kept', kept === '' ? 'nothing' : kept],
        ['because', reason],
    ]);
}

;// CONCATENATED MODULE: ./lib/actions/cleanup-blue/index.js







const main = () => (0,action/* runAction */.C)('cleanup-blue', async (context) => {
    const inputs = (0,runtime_inputs/* parseInputs */.TL)(context.inputs, fields);
    const service = await (0,openService/* openService */.I)(context, inputs);
    await cleanupBlue(inputs, {
        ...context,
        ...service,
        workloads: (0,workloads/* clusterWorkloads */.D)(service.connection.api),
        helm: await (0,openHelm/* openHelm */.L)(service.connection, (close) => context.atExit(close)),
    });
});


/***/ }),

/***/ 1747:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Re: () => (/* binding */ subtract),
/* harmony export */   si: () => (/* binding */ startCount),
/* harmony export */   yl: () => (/* binding */ addSample)
/* harmony export */ });
/* unused harmony export add */
const nothing = { requests: 0, errors: 0 };
const sourceOf = ({ counter, subject }) => `${counter} ${subject}`;
/** The baseline: what was counted before does not count. */
const startCount = (sample) => ({
    total: nothing,
    last: new Map(sample.counters.map((counter) => [sourceOf(counter), tallyOf(counter)])),
    unread: new Set(sample.silent),
});
/**
 * Adds what has grown since the last sample. A source that counts less than before was restarted and
 * counts from 0; one that was not there before is new and counts from 0: so no step is ever negative,
 * and a new pod's first errors are not lost.
 */
function addSample(count, sample) {
    const last = new Map(count.last);
    const unread = new Set(count.unread);
    let total = count.total;
    for (const counter of sample.counters) {
        const now = tallyOf(counter);
        const before = last.get(sourceOf(counter));
        const baseline = before ?? (count.unread.has(counter.counter) ? now : nothing);
        total = add(total, growth(baseline, now));
        last.set(sourceOf(counter), now);
        unread.delete(counter.counter);
    }
    return { total, last, unread };
}
function growth(before, now) {
    const restarted = now.requests < before.requests || now.errors < before.errors;
    return restarted ? now : subtract(now, before);
}
const tallyOf = ({ requests, errors }) => ({ requests, errors });
const add = (a, b) => ({
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
});
const subtract = (a, b) => ({
    requests: a.requests - b.requests,
    errors: a.errors - b.errors,
});


/***/ })

};
