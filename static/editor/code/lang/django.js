// The tags of Django's templates, for completion.

const TAGS =
  "autoescape block blocktranslate comment csrf_token cycle debug else elif empty endautoescape endblock endblocktranslate " +
  "endcomment endfilter endfor endif endifchanged endspaceless endverbatim endwith extends filter firstof for get_current_language " +
  "if ifchanged include language load lorem now plural querystring regroup resetcycle spaceless static templatetag translate url verbatim " +
  "widthratio with";

export const djangoTags = TAGS.split(" ").map((label) => ({ label, type: "keyword" }));
