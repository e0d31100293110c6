/* One descriptor that tells of a libuv loop's events and timers together. */
#ifndef SIP_IO_LOOP_FD_H
#define SIP_IO_LOOP_FD_H

typedef struct sip__loop_fd {
    int outer, timer; /* -1: not open */
} sip__loop_fd;

void sip__loop_fd_init(sip__loop_fd *fd);
/* Open around `backend_fd`. @return 0 or SIP_EIO; SIP_EUNSUPPORTED where the system cannot */
int sip__loop_fd_open(sip__loop_fd *fd, int backend_fd);
/* Make it readable in timeout_ms at the latest; negative: by events alone. */
void sip__loop_fd_arm(sip__loop_fd *fd, int timeout_ms);
void sip__loop_fd_close(sip__loop_fd *fd);

#endif
