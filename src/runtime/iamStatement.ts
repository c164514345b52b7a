/** What IAM denied, in its own words. */
export interface DeniedAction {
  /** `ecr:PutImage`. */
  readonly action: string;
  /** An ARN; null when the sentence names none. */
  readonly resource: string | null;
}

const denial =
  /not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)(?: on resource:? (arn:\S+?|\*))?(?=[\s,;."']|$)/;

/** The sentence is the same in every service: "User: … is not authorized to perform: ecr:PutImage on resource: arn:…". */
export function denialIn(text: string): DeniedAction | null {
  const [, action, resource = null] = denial.exec(text) ?? [];
  return action === undefined ? null : { action, resource };
}

/** The remedy of a denied permission: the statement to add, ready to be copied. */
export function statementToAdd({
  actions,
  resource,
}: {
  readonly actions: readonly string[];
  readonly resource: string;
}): string {
  const list = actions.map((action) => JSON.stringify(action)).join(', ');
  return (
    'Add this statement to the IAM policy of the role that the workflow signs in as:\n' +
    `  {"Effect": "Allow", "Action": [${list}], "Resource": "${resource}"}\n` +
    'A repository in another account needs it in its own policy too (principal: this role).'
  );
}
