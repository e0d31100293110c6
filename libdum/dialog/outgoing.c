#include "dialog/outgoing.h"

#include <string.h>

#include "dialog/dialog.h"

#define MAX_FORWARDS SIP_STR("70")

/* In a header the parameters of a URI without brackets would be the header's (RFC 3261 20); what an
 * application gives is no header, and there they are the URI's: ";transport=tcp" counts. */
static int parse_given(sip_str text, sip_address *ret_address)
{
    *ret_address = (sip_address){.text = sip_str_trim(text)};
    if (text.len > 0 && memchr(text.ptr, '<', text.len) != NULL) {
        return sip_address_parse(text, ret_address);
    }
    return sip_uri_parse(ret_address->text, &ret_address->uri);
}

int dum__outgoing_parse_target(const char *text, sip_address *ret_address)
{
    sip_address address;

    if (text == NULL || parse_given(sip_str_of(text), &address) != 0 || address.is_star ||
        (address.uri.scheme != SIP_SCHEME_SIP && address.uri.scheme != SIP_SCHEME_SIPS)) {
        return SIP_EINVAL;
    }
    *ret_address = address;
    return 0;
}

/* An address as From or To: with a tag, which a bare URI must not swallow as its own parameter. */
static void add_party(sip_build *build, sip_header_id id, const sip_address *address, sip_str tag)
{
    sip_str text = address->uri.text;
    const char *sep = tag.len > 0 ? ";tag=" : "";

    if (address->uri.headers.len > 0) { /* they have no place here (RFC 3261 19.1.1) */
        text.len = (size_t)(address->uri.headers.ptr - text.ptr) - 1;
    }
    if (address->display.len > 0) {
        sip_build_headerf(build, id, "\"" SIP_FMT "\" <" SIP_FMT ">%s" SIP_FMT,
                          SIP_ARG(address->display), SIP_ARG(text), sep, SIP_ARG(tag));
    } else {
        sip_build_headerf(build, id, "<" SIP_FMT ">%s" SIP_FMT, SIP_ARG(text), sep, SIP_ARG(tag));
    }
}

static void add_user_agent(sip_build *build, const dum_manager *dum)
{
    if (dum->user_agent[0] != '\0') {
        sip_build_header(build, SIP_HEADER_USER_AGENT, sip_str_of(dum->user_agent));
    }
}

/* The outbound proxy as a loose Route, whether or not the application wrote ;lr. */
static void add_proxy(sip_build *build, const dum_profile *profile)
{
    sip_address proxy;

    if (profile->outbound_proxy != NULL &&
        parse_given(sip_str_of(profile->outbound_proxy), &proxy) == 0) {
        sip_build_headerf(build, SIP_HEADER_ROUTE, "<" SIP_FMT "%s>", SIP_ARG(proxy.uri.text),
                          proxy.uri.lr ? "" : ";lr");
    }
}

static void add_capabilities(sip_build *build, const dum_manager *dum)
{
    char allow[DUM__ALLOW_BYTES];

    sip_build_header(build, SIP_HEADER_ALLOW, dum__allow_text(dum, allow));
    sip_build_header(build, SIP_HEADER_ACCEPT, SIP_STR("application/sdp"));
}

sip_build *dum__outgoing_build(const dum__outgoing *what)
{
    const dum_profile *profile = what->profile;
    const dum_manager *dum = profile->dum;
    sip_str method =
        what->method == SIP_METHOD_OTHER ? what->method_text : sip_method_name(what->method);
    sip_build *build = sip_build_request(dum->allocator, method, what->request_uri);
    sip_address to = profile->aor_address;

    if (what->to.len > 0 && sip_address_parse(what->to, &to) != 0) {
        to = (sip_address){.uri = {.text = what->to}};
    }
    add_proxy(build, profile);
    add_party(build, SIP_HEADER_FROM, &profile->aor_address, what->from_tag);
    add_party(build, SIP_HEADER_TO, &to, (sip_str){0});
    sip_build_header(build, SIP_HEADER_CALL_ID, what->call_id);
    sip_build_headerf(build, SIP_HEADER_CSEQ, "%u " SIP_FMT, (unsigned)what->cseq, SIP_ARG(method));
    if (what->contact) {
        sip_build_contact(build, sip_str_of(profile->contact_user), what->contact_params);
    }
    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, MAX_FORWARDS);
    add_user_agent(build, dum);
    if (what->capabilities) {
        add_capabilities(build, dum);
    }
    return build;
}

sip_build *dum__outgoing_build_in_dialog(const dum__dialog *dialog, sip_method method,
                                         uint32_t cseq)
{
    const dum_manager *dum = dialog->set->dum;
    const sip_dialog_facts facts = {.call_id = dialog->set->call_id,
                                    .local = dialog->local,
                                    .remote = dialog->remote,
                                    .local_tag = dialog->set->local_tag,
                                    .remote_tag = dialog->remote_tag,
                                    .remote_target = sip_str_of(dialog->target),
                                    .routes = sip_str_of(dialog->routes),
                                    .cseq = cseq};
    sip_build *build = sip_build_in_dialog(dum->allocator, sip_method_name(method), &facts);

    add_user_agent(build, dum);
    if (method == SIP_METHOD_INVITE && dialog->usage != NULL) {
        sip_build_contact(build, sip_str_of(dialog->usage->profile->contact_user), (sip_str){0});
        add_capabilities(build, dum);
    }
    return build;
}
