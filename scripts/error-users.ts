import type { RaisedError } from './error-list.ts';

/** What the users get when it is said, where the heading of its kind does not say it exactly. */
export interface Users {
  readonly kind: string;
  /** Of the first line of the message. */
  readonly says: RegExp;
  readonly users: string;
}

/** In the files of these an image is made and pushed: nothing of it is in the cluster yet. */
const ofTheImage =
  /^src\/(?:actions\/build-scan-push|image|registry|domain\/(?:image|scan)|tools\/(?!helm|openHelm|manifests|referenceChart))/;

export const isOfTheImage = ({ files }: Pick<RaisedError, 'files'>): boolean =>
  files.every((file) => ofTheImage.test(file));

const before = 'the version before, seen in every proxy.';
const untouched = 'as before: no weight was touched.';

/** By hand, from the sources. A test wants one for each error of a kind that says that something has moved. */
export const usersOf: readonly Users[] = [
  {
    kind: 'PreconditionError',
    says: /^someone moved the traffic while/,
    users: 'what they were given by whoever moved it: this step judged nothing and moved nothing.',
  },
  {
    kind: 'PreconditionError',
    says: /^somebody has gone on in the meantime/,
    users: 'what the release that has gone on gives them.',
  },
  {
    kind: 'PreconditionError',
    says: /has got traffic meanwhile: it stays/,
    users: 'what somebody gave them meanwhile: nothing was removed.',
  },
  {
    kind: 'PreconditionError',
    says: /has no ready pod to go back to/,
    users: 'the version that has them now: no weight was touched.',
  },
  {
    kind: 'PreconditionError',
    says: /^which slot was live before/,
    users: 'as before, which may be both versions: nothing was moved.',
  },
  {
    kind: 'PreconditionError',
    says: /came back from the API server with more changes/,
    users: 'as before: what was written has been put back.',
  },

  {
    kind: 'ConflictError',
    says: /^someone else changed the weights back/,
    users: "the version before: the other one's change, and everything else is put back as well and proven.",
  },
  {
    kind: 'ConflictError',
    says: /^someone moved the traffic between two steps/,
    users: "the split that the message names, which is the other one's.",
  },
  {
    kind: 'ConflictError',
    says: /^update … … without a resourceVersion/,
    users: 'as before: nothing was written.',
  },
  {
    kind: 'ConflictError',
    says: /a value that the change relies on/,
    users: 'as before this write; of a switch in several VirtualServices the others are put back.',
  },

  { kind: 'VerificationError', says: /^The previous split is back/, users: before },
  {
    kind: 'VerificationError',
    says: /^something is wrong/,
    users: 'what the first line of the status says: it changes nothing.',
  },
  {
    kind: 'VerificationError',
    says: /^the preview route could not be closed/,
    users:
      'what the weights give them, which are as they should be; whoever sends the header of the preview may still reach the slot that it leads to.',
  },
  {
    kind: 'VerificationError',
    says: /could not be judged/,
    users: 'the candidate, with the share that it has.',
  },
  { kind: 'VerificationError', says: /did not come up/, users: untouched },
  { kind: 'VerificationError', says: /is not verified/, users: untouched },
  { kind: 'VerificationError', says: /is rolled back/, users: before },

  {
    kind: 'RollbackError',
    says: /^The previous weights are written again/,
    users: 'the version before, but for who comes through the proxies that are named: what those had.',
  },
  {
    kind: 'RollbackError',
    says: /^the weights are … again/,
    users: 'where they should be, but for who comes through the proxies that are named: what those had.',
  },
  {
    kind: 'RollbackError',
    says: /^the weights could not be put back/,
    users:
      'both versions, or the candidate, through each VirtualService that is named; the version before through the others.',
  },
  {
    kind: 'RollbackError',
    says: /could not be written again/,
    users: 'both versions, or the candidate: the weights that were to be taken back still stand.',
  },
  {
    kind: 'RollbackError',
    says: /is bad \(…\), and/,
    users: 'the candidate that was found bad: nothing could be put back, for the reason that is named.',
  },

  { kind: 'DeadlineError', says: /every pod to be well/, users: untouched },
  { kind: 'DeadlineError', says: /the pods of … to go/, users: untouched },
  { kind: 'DeadlineError', says: /waiting for the pods of …$/, users: untouched },
  { kind: 'DeadlineError', says: /waiting for …: …/, users: untouched },
  {
    kind: 'DeadlineError',
    says: /^no proof within/,
    users:
      'as before: it is said before any weight is written. After that the message goes on with what was put back, or stands under [Look now](#look-now).',
  },
];

export const usersIn = (error: RaisedError): string | null =>
  usersOf.find(({ kind, says }) => kind === error.kind && says.test(error.says))?.users ?? null;
