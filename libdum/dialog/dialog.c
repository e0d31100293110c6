#include "dialog/dialog.h"

#include "dialog/route_set.h"

#include <sip/flow.h>
#include <string.h>

/* Where the header parameters of an address begin: at their first semicolon. */
static size_t params_offset(const sip_address *address)
{
    const char *at = address->params.ptr;

    if (address->params.len == 0) {
        return address->text.len;
    }
    while (at > address->text.ptr && *at != ';') {
        at--;
    }
    return (size_t)(at - address->text.ptr);
}

/* The end of the parameter at `at` (past its semicolon): the next semicolon outside quotes. */
static size_t param_end(sip_str text, size_t at)
{
    bool quoted = false;

    for (; at < text.len; at++) {
        if (quoted && text.ptr[at] == '\\') {
            at++;
        } else if (text.ptr[at] == '"') {
            quoted = !quoted;
        } else if (text.ptr[at] == ';' && !quoted) {
            break;
        }
    }
    return at < text.len ? at : text.len;
}

static bool is_tag(sip_str param)
{
    const char *equals = memchr(param.ptr, '=', param.len);
    size_t len = equals != NULL ? (size_t)(equals - param.ptr) : param.len;

    return sip_str_equal_nocase(sip_str_trim((sip_str){param.ptr, len}), "tag");
}

/* Copy an address without its tag to *end; what From and To of our requests say. */
static sip_str keep_untagged(char **end, const sip_address *address)
{
    sip_str text = address == NULL ? (sip_str){0} : address->text;
    size_t at = address == NULL ? 0 : params_offset(address);
    char *start = *end;

    if (text.len > 0) {
        memcpy(*end, text.ptr, at);
        *end += at;
    }
    while (at < text.len) {
        size_t next = param_end(text, at + 1);
        sip_str param = {text.ptr + at + 1, next - at - 1};

        if (!is_tag(param)) {
            memcpy(*end, text.ptr + at, next - at);
            *end += next - at;
        }
        at = next;
    }
    return (sip_str){start, (size_t)(*end - start)};
}

static size_t text_bytes(const sip_address *address)
{
    return address == NULL ? 0 : address->text.len;
}

/* What both sides' dialogs have in common; `local` and `remote` as they stand in `msg`. */
static int create(dum__dialog_set *set, const sip_address *local, const sip_address *remote,
                  sip_str target, dum__dialog **ret_dialog)
{
    dum_manager *dum = set->dum;
    size_t tag_bytes = remote == NULL ? 0 : remote->tag.len;
    dum__dialog *dialog =
        dum__alloc0(dum, sizeof *dialog + tag_bytes + text_bytes(local) + text_bytes(remote));
    char *end;

    if (dialog == NULL) {
        return SIP_ENOMEM;
    }
    end = dialog->bytes;
    if (tag_bytes > 0) {
        memcpy(end, remote->tag.ptr, tag_bytes);
    }
    dialog->remote_tag = (sip_str){end, tag_bytes};
    end += tag_bytes;
    dialog->local = keep_untagged(&end, local);
    dialog->remote = keep_untagged(&end, remote);
    dialog->set = set;
    sip_list_init(&dialog->link);
    sip_list_append(&set->dialogs, &dialog->link);
    sip_stack_count_live(dum->stack, 1);
    dialog->target = sip_strdup(dum->allocator, target);
    if (dialog->target == NULL) {
        dum__dialog_destroy(dialog);
        return SIP_ENOMEM;
    }
    *ret_dialog = dialog;
    return 0;
}

static const sip_address *contact_of(const sip_msg *msg)
{
    const sip_address *contact = sip_msg_address(msg, SIP_HEADER_CONTACT, 0);

    return contact != NULL && !contact->is_star ? contact : NULL;
}

int dum__dialog_create_uac(dum__dialog_set *set, const sip_msg *response, sip_str fallback_target,
                           dum__dialog **ret_dialog)
{
    const sip_address *contact = contact_of(response);
    const sip_cseq *cseq = sip_msg_cseq(response);
    dum__dialog *dialog;
    int err = create(set, sip_msg_from(response), sip_msg_to(response),
                     contact != NULL ? contact->uri.text : fallback_target, &dialog);

    if (err == 0) {
        dum__dialog_note_way(dialog, response);
        dialog->local_cseq = cseq == NULL ? 0 : cseq->number;
        err = dum__route_set_create(set->dum, response, true, &dialog->routes);
        if (err != 0) {
            dum__dialog_destroy(dialog);
        }
    }
    if (err == 0) {
        *ret_dialog = dialog;
    }
    return err;
}

int dum__dialog_create_uas(dum__dialog_set *set, const sip_msg *request, dum__dialog **ret_dialog)
{
    const sip_address *contact = contact_of(request);
    const sip_cseq *cseq = sip_msg_cseq(request);
    dum__dialog *dialog;
    int err;

    if (contact == NULL) {
        return SIP_EINVAL;
    }
    err = create(set, sip_msg_to(request), sip_msg_from(request), contact->uri.text, &dialog);
    if (err == 0) {
        dum__dialog_note_way(dialog, request);
        dialog->remote_cseq = cseq == NULL ? 0 : cseq->number;
        dialog->has_remote_cseq = true;
        err = dum__route_set_create(set->dum, request, false, &dialog->routes);
        if (err != 0) {
            dum__dialog_destroy(dialog);
        }
    }
    if (err == 0) {
        *ret_dialog = dialog;
    }
    return err;
}

void dum__dialog_destroy(dum__dialog *dialog)
{
    dum_manager *dum;

    if (dialog == NULL) {
        return;
    }
    dum = dialog->set->dum;
    sip_list_remove(&dialog->link);
    sip_stack_count_live(dum->stack, -1);
    dum__free(dum, dialog->target);
    dum__free(dum, dialog->routes);
    dum__free(dum, dialog);
}

dum__dialog *dum__dialog_find(const dum_manager *dum, const sip_msg *request)
{
    dum__dialog_id id = dum__dialog_id_of_request(request);
    dum__dialog_set *set = id.local_tag.len == 0 ? NULL : dum__dialog_set_find(dum, &id);

    return set == NULL ? NULL : dum__dialog_set_dialog(set, id.remote_tag);
}

int dum__dialog_refresh_target(dum__dialog *dialog, const sip_msg *msg)
{
    dum_manager *dum = dialog->set->dum;
    const sip_address *contact = contact_of(msg);
    char *target;

    if (contact == NULL || sip_str_equal(contact->uri.text, dialog->target)) {
        return 0;
    }
    target = sip_strdup(dum->allocator, contact->uri.text);
    if (target == NULL) {
        return SIP_ENOMEM;
    }
    dum__free(dum, dialog->target);
    dialog->target = target;
    return 0;
}

int dum__dialog_refresh_routes(dum__dialog *dialog, const sip_msg *response)
{
    dum_manager *dum = dialog->set->dum;
    char *routes;
    int err = dum__route_set_create(dum, response, true, &routes);

    if (err == 0) {
        dum__free(dum, dialog->routes);
        dialog->routes = routes;
    }
    return err;
}

void dum__dialog_note_way(dum__dialog *dialog, const sip_msg *msg)
{
    const sip_path *source = sip_msg_source(msg);

    if (source->protocol != SIP_PROTOCOL_NONE) {
        dialog->way_protocol = (uint8_t)source->protocol;
        dialog->way = source->remote;
        dialog->way_flow = source->flow;
    }
}

sip_path dum__dialog_way(const dum__dialog *dialog)
{
    return (sip_path){.protocol = (sip_protocol)dialog->way_protocol, .remote = dialog->way};
}

bool dum__dialog_flow(const dum__dialog *dialog, sip_path *ret_path)
{
    static const sip_path anywhere = {.protocol = SIP_PROTOCOL_NONE};
    sip_path path = dum__dialog_way(dialog);
    sip_uri target;

    path.flow = dialog->way_flow;
    if (path.flow == 0 || sip_str_of(dialog->routes).len > 0 ||
        sip_uri_parse(sip_str_of(dialog->target), &target) != 0 ||
        !sip_contact_is_hidden(&target, &anywhere) ||
        !sip_stack_flow_lives(dialog->set->dum->stack, &path)) {
        return false;
    }
    *ret_path = path;
    return true;
}

bool dum__dialog_accept_cseq(dum__dialog *dialog, uint32_t number)
{
    if (dialog->has_remote_cseq && number <= dialog->remote_cseq) {
        return false;
    }
    dialog->remote_cseq = number;
    dialog->has_remote_cseq = true;
    return true;
}
