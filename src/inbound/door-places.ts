/** Who may be answered at one time: so many in all, and of one partner so many that others find a place too. */
interface PlaceLimits {
  readonly requestsMax: number;
  readonly partnerRequestsMax: number;
}

export interface DoorPlaces {
  /** A place for a partner's request; nothing where the partner has its share, or all places are taken. */
  take(partnerId: string): Place | undefined;
}

/**
 * It is left when everything that it was kept for has ended: a caller who hangs up, or is told that his answer takes too
 * long, has his place for as long as his payment is carried. Otherwise who sends and hangs up would have no share.
 */
export interface Place {
  /** Keeps the place until this has ended, however it ends. To be called while something keeps it, or it was just taken. */
  keepFor(work: Promise<unknown>): void;
}

/** The bounds of a door that carries payments: what asks where they stand has places of its own. */
export interface LaneLimits extends PlaceLimits {
  readonly statusRequestsMax: number;
  readonly partnerStatusRequestsMax: number;
}

/**
 * Two lanes, so that a wave of instructions, each of which waits for a gateway, keeps nobody from asking what became of
 * his payment.
 */
export interface DoorLanes {
  readonly work: DoorPlaces;
  readonly status: DoorPlaces;
}

export function doorLanes(limits: LaneLimits): DoorLanes {
  return {
    work: doorPlaces(limits),
    status: doorPlaces({
      requestsMax: limits.statusRequestsMax,
      partnerRequestsMax: limits.partnerStatusRequestsMax,
    }),
  };
}

/** Only partners take places: whoever is turned away at the door keeps nobody out. */
export function doorPlaces({ requestsMax, partnerRequestsMax }: PlaceLimits): DoorPlaces {
  const takenBy = new Map<string, number>();
  let taken = 0;

  function leave(partnerId: string): void {
    const own = takenBy.get(partnerId) ?? 0;
    if (own <= 1) takenBy.delete(partnerId);
    else takenBy.set(partnerId, own - 1);
    taken -= 1;
  }

  return {
    take(partnerId) {
      const own = takenBy.get(partnerId) ?? 0;
      if (own >= partnerRequestsMax || taken >= requestsMax) return undefined;
      takenBy.set(partnerId, own + 1);
      taken += 1;
      let keeping = 0;
      const ended = () => {
        keeping -= 1;
        if (keeping === 0) leave(partnerId);
      };
      return {
        keepFor(work) {
          keeping += 1;
          work.then(ended, ended);
        },
      };
    },
  };
}
