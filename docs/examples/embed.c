#include <dum/dum.h>
#include <glib-unix.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
struct shard {
    dum_manager *dum;
    struct shard *first;
    unsigned long calls;
};
static void count(dum_manager *dum, void *first)
{
    (void)dum; /* on the first shard's thread */
    ((struct shard *)first)->calls++;
}
static void on_new_session(dum_invite *inv, const sip_msg *invite, void *ud)
{
    (void)invite;
    struct shard *shard = ud;                                 /* this core's alone: no lock */
    dum_manager_post(shard->first->dum, count, shard->first); /* the one door between threads */
    dum_invite_end(inv, 486, NULL);
}
static const dum_invite_handler calls = {.on_new_session = on_new_session};
static gboolean on_ready(gint fd, GIOCondition why, gpointer stack)
{
    (void)fd, (void)why;
    return sip_stack_step(stack) > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}
static void run_in_glib(sip_stack *stack)
{ /* readable whenever there is work, timers included */
    g_unix_fd_add(sip_stack_fd(stack), G_IO_IN, on_ready, stack);
    g_main_loop_run(g_main_loop_new(NULL, FALSE));
}
static void run_in_poll(sip_stack *stack)
{
    struct pollfd fds[] = {{.fd = sip_stack_fd(stack), .events = POLLIN},
                           {.fd = STDIN_FILENO, .events = POLLIN}};
    while (poll(fds, 2, -1) >= 0 && sip_stack_step(stack) > 0) {
        if (fds[1].revents != 0) {
            sip_stack_stop(stack);
        }
    }
}
int main(int argc, char **argv)
{ /* "glib", "poll", or nothing: a thread and manager a core */
    sip_stack_config how = {.workers = argc == 2 ? 1 : SIP_WORKER_PER_CPU, .embedded = argc == 2};
    struct shard shards[256] = {0};
    sip_stack *stack = NULL;
    int err = sip_stack_create(&how, &stack) || sip_stack_listen(stack, "udp:[::]:5060");
    for (unsigned i = 0; !err && i < sip_stack_workers(stack) && i < 256; i++) {
        shards[i].first = shards;
        err = dum_manager_create(stack, &(dum_config){.worker = i}, &shards[i].dum) ||
              dum_manager_set_invite_handler(shards[i].dum, &calls, &shards[i]);
    }
    if (!err && argc == 2) {
        (strcmp(argv[1], "glib") == 0 ? run_in_glib : run_in_poll)(stack);
    } else {
        err = err || sip_stack_run(stack);
    }
    if (err) {
        fprintf(stderr, "embed [glib|poll]: %s\n", sip_stack_error(stack));
    }
    sip_stack_destroy(stack);
    return err;
}
