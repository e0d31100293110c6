#include "usage/oneshot/pending_request.h"

#define ANSWER_WITHIN_MS 30000u /* a second or two before the sender's Timer F */

struct dum_request {
    dum__object object; /* first */
    dum__incoming *in;  /* NULL: answered, or gone */
    dum_id id;          /* that of `object`, also when that is no longer found */
    sip_timer timer;
    dum__deferred deferred;
};

static const dum__kind request_kind = {"request"};

static void destroy(dum__deferred *deferred)
{
    dum_request *request = SIP_CONTAINER_OF(deferred, dum_request, deferred);

    dum__free(request->object.dum, request);
}

static void finish(dum_request *request)
{
    dum_manager *dum = request->object.dum;

    if (request->in != NULL) {
        dum__incoming_own(request->in, NULL, NULL);
        request->in = NULL;
    }
    sip_timer_clear(dum->worker, &request->timer);
    dum__object_finish(&request->object);
    dum__turn_defer(&dum->turn, &request->deferred, destroy);
}

static void on_ended(dum__incoming *in)
{
    dum_request *request = in->owner_data;

    request->in = NULL;
    finish(request);
}

static const dum__incoming_owner owner = {.on_ended = on_ended};

static void on_timer(void *arg)
{
    dum_request *request = arg;

    dum__incoming_respond(request->in, 500, NULL);
    finish(request);
}

int dum__pending_request_create(dum_manager *dum, dum__incoming *in, dum_request **ret_request)
{
    dum_request *request = dum__alloc0(dum, sizeof *request);
    int err;

    if (request == NULL) {
        return SIP_ENOMEM;
    }
    err = dum__object_init(&request->object, dum, &request_kind);
    if (err != 0) {
        dum__free(dum, request);
        return err;
    }
    request->in = in;
    request->id = request->object.id;
    sip_timer_init(&request->timer, on_timer, request);
    sip_timer_set(dum->worker, &request->timer, ANSWER_WITHIN_MS);
    dum__incoming_own(in, &owner, request);
    *ret_request = request;
    return 0;
}

const sip_msg *dum_request_msg(const dum_request *request)
{
    return request == NULL || request->in == NULL ? NULL : dum__incoming_msg(request->in);
}

dum_manager *dum_request_manager(const dum_request *request)
{
    return request == NULL ? NULL : request->object.dum;
}

dum_id dum_request_id(const dum_request *request)
{
    return request == NULL ? 0 : request->id;
}

dum_request *dum_request_find(dum_manager *dum, dum_id id)
{
    return dum__object_find(dum, id, &request_kind);
}

int dum_request_respond(dum_request *request, int status, const sip_extras *extras)
{
    int err;

    if (request == NULL || status < 200 || status > 699) {
        return SIP_EINVAL;
    }
    if (request->in == NULL) {
        return SIP_ESTATE;
    }
    err = dum__incoming_respond(request->in, status, extras);
    if (err == 0) {
        finish(request);
    }
    return err;
}
