/** Whether a name is this page's own. Others may give themselves the same one: the person counts, too. */
export const isOwn = ({ id, client }, me) => client === me.client && id === me.id;
