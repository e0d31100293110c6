#include "usage/invite/offer_answer.h"

#include "usage/invite/description.h"

#include <string.h>

/* Next states; 0 (NONE) in a cell is no effect, since no event but FAIL leads there. */
static const dum__oa_state machine[DUM__OA_STATES][DUM__OA_EVENTS] = {
    [DUM__OA_NONE] =
        {
            [DUM__OA_GET_ASK] = DUM__OA_WANTED,
            [DUM__OA_SEND_OFFER] = DUM__OA_OFFER_SENT,
            [DUM__OA_ASK] = DUM__OA_ASKED,
            [DUM__OA_GET_OFFER] = DUM__OA_OFFER_GOT,
        },
    [DUM__OA_WANTED] = {[DUM__OA_GIVE_OFFER] = DUM__OA_OFFER_READY},
    [DUM__OA_OFFER_READY] = {[DUM__OA_SEND_OFFER] = DUM__OA_OFFER_SENT},
    [DUM__OA_OFFER_SENT] = {[DUM__OA_GET_ANSWER] = DUM__OA_STABLE},
    [DUM__OA_ASKED] = {[DUM__OA_GET_OFFER] = DUM__OA_OFFER_GOT},
    [DUM__OA_OFFER_GOT] = {[DUM__OA_GIVE_ANSWER] = DUM__OA_ANSWER_READY},
    [DUM__OA_ANSWER_READY] = {[DUM__OA_SEND_ANSWER] = DUM__OA_STABLE},
    [DUM__OA_STABLE] =
        {
            [DUM__OA_GET_ASK] = DUM__OA_WANTED,
            [DUM__OA_SEND_OFFER] = DUM__OA_OFFER_SENT,
            [DUM__OA_ASK] = DUM__OA_ASKED,
            [DUM__OA_GET_OFFER] = DUM__OA_OFFER_GOT,
        },
};

bool dum__oa_next(dum__oa_state state, dum__oa_event event, bool agreed, dum__oa_state *ret_next)
{
    dum__oa_state next = machine[state][event];

    if (event == DUM__OA_FAIL) {
        if (state == DUM__OA_NONE || state == DUM__OA_STABLE) {
            return false;
        }
        *ret_next = agreed ? DUM__OA_STABLE : DUM__OA_NONE;
        return true;
    }
    if (next == DUM__OA_NONE) {
        return false;
    }
    *ret_next = next;
    return true;
}

bool dum__oa_allows(const dum__offer_answer *oa, dum__oa_event event)
{
    dum__oa_state next;

    return dum__oa_next(oa->state, event, oa->agreed, &next);
}

static void drop(const dum_manager *dum, sip_str *text)
{
    dum__free(dum, (void *)(uintptr_t)text->ptr);
    *text = (sip_str){0};
}

static int keep(const dum_manager *dum, sip_str *place, sip_str text)
{
    char *copy = dum__alloc0(dum, text.len + 1);

    if (copy == NULL) {
        return SIP_ENOMEM;
    }
    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    drop(dum, place);
    *place = (sip_str){copy, text.len};
    return 0;
}

static void commit_one(const dum_manager *dum, sip_str *agreed, sip_str *next)
{
    if (next->ptr != NULL) {
        drop(dum, agreed);
        *agreed = *next;
        *next = (sip_str){0};
    }
}

/* Enter a state: STABLE by an answer makes the round's descriptions the agreed ones. */
static void enter(dum__offer_answer *oa, const dum_manager *dum, dum__oa_state next,
                  dum__oa_event event)
{
    oa->state = next;
    if (event == DUM__OA_FAIL) {
        drop(dum, &oa->next_local);
        drop(dum, &oa->next_remote);
    } else if (next == DUM__OA_STABLE) {
        commit_one(dum, &oa->local, &oa->next_local);
        commit_one(dum, &oa->remote, &oa->next_remote);
        oa->agreed = true;
    }
}

int dum__oa_describe(dum__offer_answer *oa, const dum_manager *dum, dum__oa_event event,
                     sip_str text)
{
    bool from_peer = event == DUM__OA_GET_OFFER || event == DUM__OA_GET_ANSWER;
    bool is_answer = event == DUM__OA_GIVE_ANSWER || event == DUM__OA_GET_ANSWER;
    const sip_str *offer = from_peer ? &oa->next_local : &oa->next_remote;
    dum__oa_state next;
    int err;

    if (!dum__oa_next(oa->state, event, oa->agreed, &next)) {
        return SIP_ESTATE;
    }
    if (is_answer && dum__description_streams(*offer) != dum__description_streams(text)) {
        return SIP_EINVAL;
    }
    err = keep(dum, from_peer ? &oa->next_remote : &oa->next_local, text);
    if (err == 0) {
        enter(oa, dum, next, event);
    }
    return err;
}

void dum__oa_step(dum__offer_answer *oa, const dum_manager *dum, dum__oa_event event)
{
    dum__oa_state next;

    if (dum__oa_next(oa->state, event, oa->agreed, &next)) {
        enter(oa, dum, next, event);
    }
}

sip_str dum__oa_current_local(const dum__offer_answer *oa)
{
    return oa->next_local.ptr != NULL ? oa->next_local : oa->local;
}

void dum__oa_finish(dum__offer_answer *oa, const dum_manager *dum)
{
    drop(dum, &oa->local);
    drop(dum, &oa->remote);
    drop(dum, &oa->next_local);
    drop(dum, &oa->next_remote);
    *oa = (dum__offer_answer){.state = DUM__OA_NONE};
}
