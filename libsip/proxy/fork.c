#include "proxy/fork.h"

#include <string.h>

#define TIMER_C_S 180 /* RFC 3261 16.6 step 11 */
#define CANCEL_WAIT_MS                                                                             \
    33000 /* 64*T1 and a little: after it a cancelled branch counts as ended (9.1) */

enum branch_state {
    BRANCH_WAITING,
    BRANCH_PENDING,
    BRANCH_OVER
};

typedef struct branch {
    sip_list link;
    sip__fork *fork;
    sip_client_tx *tx; /* from its sending until it ends */
    enum branch_state state;
    uint16_t q_permille;
    bool provisional; /* one has come: a CANCEL will be answered */
    bool cancelled;
    bool unheard;   /* its 2xx to INVITE could not be passed on: it comes again */
    bool timed_out; /* by us: whatever failure it ends with is a timeout */
    bool has_path;
    bool follows_route; /* no target was given: to where Route or Request-URI lead */
    int status;         /* BRANCH_OVER: 0 if it has nothing to choose */
    const sip_msg *response;
    sip_timer timer; /* C, then the wait after CANCEL */
    sip_path path;
    size_t uri_len;
    char uri[];
} branch;

static sip_worker *worker_of(const sip__fork *fork)
{
    return sip_tu_worker(fork->tu);
}

static branch *branch_at(sip_list *link)
{
    return SIP_CONTAINER_OF(link, branch, link);
}

static void run(sip__fork *fork);

static void on_turn_end(sip_turn_work *work)
{
    sip__fork *fork = SIP_CONTAINER_OF(work, sip__fork, work);

    if (!fork->closed) {
        run(fork);
    }
}

static void on_group_timer(void *arg);

void sip__fork_init(sip__fork *fork)
{
    sip_list_init(&fork->branches);
    fork->n_branches = fork->n_pending = fork->n_live = 0;
    fork->q_permille = 0;
    fork->closed = false;
    sip_timer_init(&fork->group_timer, on_group_timer, fork);
    sip_list_init(&fork->work.link);
    fork->work.fn = on_turn_end;
    fork->timer_c_s = fork->timer_c_s != 0 ? fork->timer_c_s : TIMER_C_S;
}

void sip__fork_finish(sip__fork *fork)
{
    sip_worker *worker = worker_of(fork);

    sip_timer_clear(worker, &fork->group_timer);
    sip_list_remove(&fork->work.link);
    while (!sip_list_is_empty(&fork->branches)) {
        branch *it = branch_at(fork->branches.next);

        sip_timer_clear(worker, &it->timer);
        sip_msg_unref(it->response);
        sip_list_remove(&it->link);
        sip_free(sip_worker_allocator(worker), it);
    }
}

bool sip__fork_has_waiting(const sip__fork *fork)
{
    for (sip_list *link = fork->branches.next; link != &fork->branches; link = link->next) {
        if (branch_at(link)->state == BRANCH_WAITING) {
            return true;
        }
    }
    return false;
}

size_t sip__fork_candidates(const sip__fork *fork, sip__candidate *out)
{
    size_t n = 0;

    for (sip_list *link = fork->branches.next; link != &fork->branches; link = link->next) {
        const branch *it = branch_at(link);

        if (it->state == BRANCH_OVER && it->status >= 300) {
            out[n++] = (sip__candidate){.status = it->status, .msg = it->response};
        }
    }
    return n;
}

/* The branch has its end; what that means for the others is the caller's next step. */
static void finish_branch(branch *it, int status, const sip_msg *response)
{
    sip__fork *fork = it->fork;

    if (it->state != BRANCH_PENDING) {
        return;
    }
    it->state = BRANCH_OVER;
    fork->n_pending--;
    it->status = it->timed_out ? 408 : status;
    it->response = it->timed_out || response == NULL ? NULL : sip_msg_ref(response);
}

static void cancel_branch(branch *it, const sip_extras *extras)
{
    if (it->state != BRANCH_PENDING || it->cancelled || !it->fork->is_invite) {
        return;
    }
    it->cancelled = true;
    (void)sip_client_tx_cancel(it->tx, extras); /* refused or not, the wait below ends it */
    sip_timer_set(worker_of(it->fork), &it->timer, CANCEL_WAIT_MS);
}

/* Go on when the group is through: the next one, or the end. */
static void settle(sip__fork *fork)
{
    if (fork->n_pending > 0) {
        return;
    }
    sip_timer_clear(worker_of(fork), &fork->group_timer);
    if (!fork->closed && sip__fork_has_waiting(fork)) {
        run(fork);
    } else {
        fork->events->on_settled(fork);
    }
}

static void on_branch_timer(void *arg)
{
    branch *it = arg;

    if (it->cancelled) { /* no answer to the CANCEL either, also where the branch is not waited for
                            any more */
        bool waited_for = it->state == BRANCH_PENDING;

        finish_branch(it, 408, NULL);
        if (it->tx != NULL) {
            sip_client_tx_abandon(it->tx);
        }
        if (waited_for) {
            settle(it->fork);
        }
    } else if (it->provisional) { /* timer C (16.8) */
        cancel_branch(it, NULL);
    } else {
        it->timed_out = true;
        cancel_branch(it, NULL);
        finish_branch(it, 408, NULL);
        settle(it->fork);
    }
}

static int start_branch(branch *it)
{
    sip__fork *fork = it->fork;
    sip_send_options options = {.path = it->has_path ? &it->path : NULL};
    sip_msg *request = NULL;
    int err = it->follows_route ? fork->request->ours.err : 0;

    if (err != 0) {
        return err;
    }
    err = sip__relay_request_print(fork->request, (sip_str){it->uri, it->uri_len}, options.path,
                                   &request);
    if (err == 0) {
        err = sip_client_tx_create(fork->tu, request, &options, &sip__branch_handler, it, &it->tx);
    }
    sip_msg_unref(request);
    if (err != 0) {
        return err;
    }
    fork->n_live++;
    if (fork->is_invite) {
        sip_timer_set(worker_of(fork), &it->timer, fork->timer_c_s * 1000);
    }
    return 0;
}

static bool highest_waiting(const sip__fork *fork, uint16_t *ret_q_permille)
{
    bool any = false;

    for (sip_list *link = fork->branches.next; link != &fork->branches; link = link->next) {
        const branch *it = branch_at(link);

        if (it->state == BRANCH_WAITING && (!any || it->q_permille > *ret_q_permille)) {
            *ret_q_permille = it->q_permille;
            any = true;
        }
    }
    return any;
}

/* RFC 5626 5.3: a flow that has ended, and a token that is none of ours. */
static int status_of(int err)
{
    switch (err) {
    case SIP_EGONE:
        return 430;
    case SIP_ESYNTAX:
        return 403;
    }
    return sip_error_status(err) == 503 ? 503 : 500;
}

/* Send out what may go: the best of those that wait, when no group is under way, and what is as
 * good as the group under way. */
static void run(sip__fork *fork)
{
    uint16_t q_permille = 0;

    if (!highest_waiting(fork, &q_permille)) {
        return;
    }
    if (fork->n_pending == 0) {
        fork->q_permille = q_permille;
        if (fork->branch_timeout_s > 0) {
            sip_timer_set(worker_of(fork), &fork->group_timer, fork->branch_timeout_s * 1000);
        }
    }
    for (sip_list *link = fork->branches.next; link != &fork->branches; link = link->next) {
        branch *it = branch_at(link);

        if (it->state == BRANCH_WAITING && it->q_permille >= fork->q_permille) {
            int err;

            it->state = BRANCH_PENDING;
            fork->n_pending++;
            err = start_branch(it);
            if (err != 0) {
                finish_branch(it, status_of(err), NULL);
            }
        }
    }
    settle(fork);
}

/* The group had its time: who rings is cancelled, who has said nothing is not waited for, and the
 * next group goes out now. */
static void on_group_timer(void *arg)
{
    sip__fork *fork = arg;

    for (sip_list *link = fork->branches.next; link != &fork->branches; link = link->next) {
        branch *it = branch_at(link);

        if (it->state == BRANCH_PENDING) {
            it->timed_out = true;
            cancel_branch(it, NULL);
            if (!it->provisional || !fork->is_invite) {
                finish_branch(it, 408, NULL);
            }
        }
    }
    if (!fork->closed && highest_waiting(fork, &fork->q_permille)) {
        sip_timer_set(worker_of(fork), &fork->group_timer, fork->branch_timeout_s * 1000);
        run(fork);
    } else {
        settle(fork);
    }
}

static bool is_known(const sip__fork *fork, sip_str uri, const sip_path *path)
{
    for (sip_list *link = fork->branches.next; link != &fork->branches; link = link->next) {
        const branch *it = branch_at(link);

        if (path == NULL && !it->has_path && sip_str_same((sip_str){it->uri, it->uri_len}, uri)) {
            return true;
        }
    }
    return false;
}

int sip__fork_add(sip__fork *fork, sip_str uri, uint16_t q_permille, const sip_path *path)
{
    sip_worker *worker = worker_of(fork);
    branch *it;

    if (fork->closed) {
        return SIP_ESTATE;
    }
    if (is_known(fork, uri, path)) {
        return 0;
    }
    it = sip_alloc0(sip_worker_allocator(worker), sizeof *it + uri.len + 1);
    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->fork = fork;
    it->q_permille = q_permille;
    it->follows_route = uri.len == 0 && path == NULL;
    if (it->follows_route && fork->request->ours.path.protocol != SIP_PROTOCOL_NONE) {
        path = &fork->request->ours.path;
    }
    it->has_path = path != NULL;
    if (path != NULL) {
        it->path = *path;
    }
    it->uri_len = uri.len;
    if (uri.len > 0) {
        memcpy(it->uri, uri.ptr, uri.len);
    }
    sip_timer_init(&it->timer, on_branch_timer, it);
    sip_list_init(&it->link);
    sip_list_append(&fork->branches, &it->link);
    fork->n_branches++;
    sip_worker_at_turn_end(worker, &fork->work);
    return 0;
}

void sip__fork_close(sip__fork *fork, const sip_extras *cancel)
{
    fork->closed = true;
    sip_timer_clear(worker_of(fork), &fork->group_timer);
    for (sip_list *link = fork->branches.next; link != &fork->branches; link = link->next) {
        branch *it = branch_at(link);

        if (it->state == BRANCH_WAITING) {
            it->state = BRANCH_OVER;
        }
        cancel_branch(it, cancel);
    }
}

/* The targets that a 3xx names (16.5). @return false if it names none that is new */
static bool follow(sip__fork *fork, const sip_msg *response)
{
    size_t before = fork->n_branches;
    const sip_address *contact;

    for (size_t i = 0;
         (contact = sip_msg_address(response, SIP_HEADER_CONTACT, i)) != NULL && i < 32; i++) {
        if (contact->uri.scheme == SIP_SCHEME_SIP || contact->uri.scheme == SIP_SCHEME_SIPS) {
            (void)sip__fork_add(fork, contact->uri.text, contact->q_permille, NULL);
        }
    }
    return fork->n_branches > before;
}

static void on_final(branch *it, const sip_msg *response, int status)
{
    sip__fork *fork = it->fork;

    sip_timer_clear(worker_of(fork), &it->timer);
    if (status < 300) {
        int err = fork->events->on_success(fork, response);

        it->unheard = err != 0 && fork->is_invite;
        if (!it->unheard) {
            finish_branch(it, err != 0 ? 500 : 0, NULL);
        }
    } else if (status < 400 && fork->recurse && it->state == BRANCH_PENDING && !fork->closed &&
               follow(fork, response)) {
        finish_branch(it, 0, NULL);
    } else {
        finish_branch(it, status, response);
        if (status >= 600) {
            sip__fork_close(fork, NULL);
        }
    }
    settle(fork);
}

static void on_response(sip_client_tx *tx, const sip_msg *response, void *user_data)
{
    branch *it = user_data;
    int status = sip_msg_status(response);

    (void)tx;
    if (status >= 200) {
        on_final(it, response, status);
        return;
    }
    it->provisional = true;
    if (status > 100 && it->state == BRANCH_PENDING && !it->cancelled) {
        if (it->fork->is_invite) { /* 16.7 step 2 */
            sip_timer_set(worker_of(it->fork), &it->timer, it->fork->timer_c_s * 1000);
        }
        it->fork->events->on_provisional(it->fork, response);
    }
}

static void on_failed(sip_client_tx *tx, const sip_failure *failure, void *user_data)
{
    branch *it = user_data;

    (void)tx;
    sip_timer_clear(worker_of(it->fork), &it->timer);
    if (it->state == BRANCH_PENDING) {
        bool flow_failed = it->has_path && it->path.flow != 0 && failure->status == 503;

        finish_branch(it, flow_failed ? 430 : failure->status, NULL);
        settle(it->fork);
    }
}

static void on_ended(sip_client_tx *tx, void *user_data)
{
    branch *it = user_data;
    sip__fork *fork = it->fork;

    (void)tx;
    it->tx = NULL;
    sip_timer_clear(worker_of(fork), &it->timer);
    finish_branch(it, 408,
                  NULL); /* otherwise only where the stack is destroyed: nothing can be sent then */
    fork->n_live--;
    if (it->unheard) {
        settle(fork);
    }
    if (fork->n_live == 0) {
        fork->events->on_gone(fork);
    }
}

const sip_client_tx_handler sip__branch_handler = {
    .on_response = on_response, .on_failed = on_failed, .on_ended = on_ended};

const sip_msg *sip__branch_received(const void *data)
{
    return ((const branch *)data)->fork->request->msg;
}
