/* One descriptor that tells of a libuv loop's events and timers together. */
#ifndef SIP_IO_LOOP_FD_H
#define SIP_IO_LOOP_FD_H

#include <uv.h>

typedef struct sip__loop_fd {
    int outer, timer;          /* -1: not open; the timer, or where it is set */
    int bell, orders, backend; /* of the portable twin's thread */
    uv_thread_t thread;
} sip__loop_fd;

void sip__loop_fd_init(sip__loop_fd *fd);
/* Open around `backend_fd`; the struct must stay where it is until closed. @return 0 or SIP_EIO */
int sip__loop_fd_open(sip__loop_fd *fd, int backend_fd);
/* Make it readable in timeout_ms at the latest; negative: by events alone. */
void sip__loop_fd_arm(sip__loop_fd *fd, int timeout_ms);
void sip__loop_fd_close(sip__loop_fd *fd);

#endif
