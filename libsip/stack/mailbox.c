#include "stack/mailbox.h"

#include "io/loop_task.h"
#include "message/print.h"
#include "stack/stack.h"
#include <string.h>

#define MOST_A_TURN 1024u /* timers and sockets have their turn too */

void sip__mailbox_init(sip__mailbox *mailbox)
{
    sip__mpsc_init(&mailbox->queue);
    atomic_init(&mailbox->waiting, 0);
}

sip__letter *sip__letter_create(const sip_allocator *allocator, const sip__letter_kind *kind,
                                sip_str bytes)
{
    sip__letter *letter = sip_alloc(allocator, sizeof(*letter) + bytes.len + 1);

    if (letter != NULL) {
        memset(letter, 0, sizeof(*letter));
        letter->kind = kind;
        letter->allocator = allocator;
        letter->len = bytes.len;
        if (bytes.ptr != NULL && bytes.len > 0) {
            memcpy(letter->bytes, bytes.ptr, bytes.len);
        }
        letter->bytes[bytes.len] = '\0';
    }
    return letter;
}

bool sip__mailbox_is_full(const sip_worker *to)
{
    return atomic_load_explicit(&to->mailbox.waiting, memory_order_relaxed) >= SIP__MAILBOX_MOST;
}

void sip__mailbox_put(sip_worker *to, sip__letter *letter)
{
    /* Counted first: who takes it counts it off. */
    atomic_fetch_add_explicit(&to->mailbox.waiting, 1, memory_order_relaxed);
    if (sip__mpsc_put(&to->mailbox.queue, &letter->node) && to->loop != NULL) {
        sip__loop_wake(to->loop);
    }
}

static sip__letter *take(sip_worker *worker)
{
    sip__mpsc_node *node = sip__mpsc_take(&worker->mailbox.queue);

    if (node != NULL) {
        atomic_fetch_sub_explicit(&worker->mailbox.waiting, 1, memory_order_relaxed);
    }
    return (sip__letter *)node;
}

static void dispose(sip_worker *worker, sip__letter *letter)
{
    (void)sip_msg_unref(letter->msg);
    sip_free(worker->config->allocator, letter->peer);
    sip_free(letter->allocator, letter);
}

void sip__mailbox_open(sip_worker *worker)
{
    sip__letter *letter;
    unsigned n = 0;

    while (n < MOST_A_TURN && (letter = take(worker)) != NULL) {
        letter->kind->open(worker, letter);
        dispose(worker, letter);
        n++;
    }
    if (n == MOST_A_TURN && worker->loop != NULL) { /* nobody else wakes it for the rest */
        sip__loop_wake(worker->loop);
    }
}

void sip__mailbox_finish(sip_worker *worker)
{
    sip__letter *letter;

    if (worker->mailbox.queue.tail == NULL) {
        return;
    }
    while ((letter = take(worker)) != NULL) {
        if (letter->kind->is_last) {
            letter->kind->open(worker, letter);
        } else if (letter->kind->drop != NULL) {
            letter->kind->drop(letter);
        }
        dispose(worker, letter);
    }
}
