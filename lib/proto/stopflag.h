/* lib/proto/stopflag.h - flags of the request to stop a node's cluster manager.  Layer 4. */
#ifndef COX_PROTO_STOPFLAG_H
#define COX_PROTO_STOPFLAG_H

/** Flags of SUPERVISOR_STOP, or-ed. */
enum cox_stop_flag {
    /**
     * At once, moving nothing away, also in the middle of a stop that waits for that; and the supervisor ends with exit status 100, so
     * that nothing starts it again.  For a node that was fenced and is alive.
     */
    COX_STOP_AT_ONCE = 1,
    COX_STOP_PANIC = 2, /**< take the machine down as the setting panic_action says; only root may; what the kernel refuses becomes AT_ONCE */
};

#endif
