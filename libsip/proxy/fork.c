#include "proxy/fork.h"

#include "transaction/client_tx.h"
#include <string.h>

#define CANCEL_WAIT_MS 33000 /* after it a branch that could not be cancelled counts as ended */

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
    uint32_t breadth;   /* its part of the request's, while it is in use */
    int status;         /* BRANCH_OVER: 0 if it has nothing to choose */
    const sip_msg *response;
    sip_timer timer; /* C, then the wait after CANCEL */
    sip_path path;
    size_t uri_len, routes_len;
    char text[]; /* URI and routes */
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
static bool may_start(const sip__fork *fork);

static void on_turn_end(sip_turn_work *work)
{
    sip__fork *fork = SIP_CONTAINER_OF(work, sip__fork, work);

    if (may_start(fork)) {
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
    it->breadth = 0;
    fork->n_pending--;
    it->status = it->timed_out ? 408 : status;
    it->response = it->timed_out || response == NULL ? NULL : sip_msg_ref(response);
}

static void cancel_branch(branch *it, const sip_extras *extras)
{
    int err;

    if (it->state != BRANCH_PENDING || it->cancelled || !it->fork->is_invite) {
        return;
    }
    it->cancelled = true;
    it->breadth = 0; /* it is told to call nobody any more */
    err = sip_client_tx_cancel(it->tx, extras);
    if (err == 0 || err == SIP_ESTATE) { /* its timers end it: they know when the CANCEL leaves */
        sip_timer_clear(worker_of(it->fork), &it->timer);
    } else {
        sip_timer_set(worker_of(it->fork), &it->timer, CANCEL_WAIT_MS);
    }
}

/* Of what the request may spread to at once, what no branch has (RFC 5393 5.3). */
static uint32_t breadth_left(const sip__fork *fork)
{
    uint32_t left = fork->request->breadth;

    for (sip_list *link = fork->branches.next; link != &fork->branches; link = link->next) {
        left -= branch_at(link)->breadth;
    }
    return left;
}

static bool highest_waiting(const sip__fork *fork, uint16_t *ret_q_permille);

/* Whether a target waits that may leave now: the best when nobody is asked, else such as are as
 * good as the group under way, if it has left some breadth. */
static bool may_start(const sip__fork *fork)
{
    uint16_t q_permille = 0;

    return !fork->closed && highest_waiting(fork, &q_permille) &&
           (fork->n_pending == 0 || q_permille >= fork->q_permille) && breadth_left(fork) > 0;
}

/* Go on: with who waited for breadth, when the group is through with the next one, or to the end.
 */
static void settle(sip__fork *fork)
{
    if (fork->n_pending == 0) {
        sip_timer_clear(worker_of(fork), &fork->group_timer);
    }
    if (may_start(fork)) {
        run(fork);
    } else if (fork->n_pending == 0) {
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

static sip__relay_to copy_for(const branch *it)
{
    return (sip__relay_to){.uri = {it->text, it->uri_len},
                           .routes = {it->text + it->uri_len, it->routes_len},
                           .path = it->has_path ? &it->path : NULL,
                           .breadth = it->breadth};
}

/* Its breadth may have gone back already, when it is sent to a further target. */
static int print_branch(sip_client_tx *tx, sip_path *path, sip_str name, sip_msg **ret_sent)
{
    const branch *it = tx->user_data;
    sip__relay_to to = copy_for(it);

    to.breadth = it->breadth > 0 ? it->breadth : 1;
    return sip__relay_request_print(it->fork->request, tx->request, &to, path, name, ret_sent);
}

static int start_branch(branch *it)
{
    sip__fork *fork = it->fork;
    const sip__relay_to to = copy_for(it);
    sip__relayed relayed = {.received = fork->request->msg, .path = to.path, .print = print_branch};
    sip_uri room;
    int err = it->follows_route ? fork->request->ours.err : 0;

    if (err == 0 && to.path == NULL) {
        err = sip__relay_next_hop(fork->request, &to, &room, &relayed.next_hop);
    }
    if (err == 0) {
        err = sip__client_tx_create_relayed(fork->tu, &relayed, &sip__branch_handler, it, &it->tx);
    }
    if (err != 0) {
        return err;
    }
    fork->n_live++;
    if (fork->is_invite) {
        sip_timer_set(worker_of(fork), &it->timer, fork->timer_c_ms);
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

static size_t count_ready(const sip__fork *fork)
{
    size_t n = 0;

    for (sip_list *link = fork->branches.next; link != &fork->branches; link = link->next) {
        n += branch_at(link)->state == BRANCH_WAITING &&
             branch_at(link)->q_permille >= fork->q_permille;
    }
    return n;
}

/* Let those that are ready go, each with its part of the breadth that is left: one alone with all
 * of it, and when it does not do for all some later. */
static void start_ready(sip__fork *fork)
{
    uint32_t left = breadth_left(fork);
    size_t n = count_ready(fork);

    for (sip_list *link = fork->branches.next; link != &fork->branches && left > 0;
         link = link->next) {
        branch *it = branch_at(link);

        if (it->state == BRANCH_WAITING && it->q_permille >= fork->q_permille) {
            uint32_t part = n < left ? left / (uint32_t)n : 1;
            int err;

            it->state = BRANCH_PENDING;
            it->breadth = part;
            left -= part;
            n--;
            fork->n_pending++;
            err = start_branch(it);
            if (err != 0) {
                finish_branch(it, status_of(err), NULL);
            }
        }
    }
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
    start_ready(fork);
    if (fork->n_pending == 0) {
        settle(fork);
    }
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

static bool is_known(const sip__fork *fork, const sip__relay_to *to)
{
    for (sip_list *link = fork->branches.next; link != &fork->branches; link = link->next) {
        const branch *it = branch_at(link);

        if (to->path == NULL && !it->has_path &&
            sip_str_same((sip_str){it->text, it->uri_len}, to->uri) &&
            sip_str_same((sip_str){it->text + it->uri_len, it->routes_len}, to->routes)) {
            return true;
        }
    }
    return false;
}

static void fill(branch *it, const sip__relay_to *to)
{
    const sip_path *path = to->path;

    it->follows_route = to->uri.len == 0 && path == NULL;
    if (it->follows_route && it->fork->request->ours.path.protocol != SIP_PROTOCOL_NONE) {
        path = &it->fork->request->ours.path;
    }
    it->has_path = path != NULL;
    if (path != NULL) {
        it->path = *path;
    }
    it->uri_len = to->uri.len;
    it->routes_len = to->routes.len;
    if (to->uri.len > 0) {
        memcpy(it->text, to->uri.ptr, to->uri.len);
    }
    if (to->routes.len > 0) {
        memcpy(it->text + to->uri.len, to->routes.ptr, to->routes.len);
    }
}

int sip__fork_add(sip__fork *fork, const sip__relay_to *to, uint16_t q_permille)
{
    sip_worker *worker = worker_of(fork);
    branch *it;

    if (fork->closed) {
        return SIP_ESTATE;
    }
    if (is_known(fork, to)) {
        return 0;
    }
    it = sip_alloc0(sip_worker_allocator(worker), sizeof *it + to->uri.len + to->routes.len + 1);
    if (it == NULL) {
        return SIP_ENOMEM;
    }
    it->fork = fork;
    it->q_permille = q_permille;
    fill(it, to);
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
            (void)sip__fork_add(fork, &(sip__relay_to){.uri = contact->uri.text},
                                contact->q_permille);
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
            sip_timer_set(worker_of(it->fork), &it->timer, it->fork->timer_c_ms);
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
