/** Who may be answered at one time: so many in all, and of one partner so many that others find a place too. */
interface PlaceLimits {
  readonly requestsMax: number;
  readonly partnerRequestsMax: number;
}

export interface DoorPlaces {
  /** Takes a place for a partner's request; false where the partner has its share, or all places are taken. Who has taken one leaves it. */
  take(partnerId: string): boolean;
  leave(partnerId: string): void;
}

/** Only partners take places: whoever is turned away at the door keeps nobody out. */
export function doorPlaces({ requestsMax, partnerRequestsMax }: PlaceLimits): DoorPlaces {
  const takenBy = new Map<string, number>();
  let taken = 0;
  return {
    take(partnerId) {
      const own = takenBy.get(partnerId) ?? 0;
      if (own >= partnerRequestsMax || taken >= requestsMax) return false;
      takenBy.set(partnerId, own + 1);
      taken += 1;
      return true;
    },
    leave(partnerId) {
      const own = takenBy.get(partnerId) ?? 0;
      if (own <= 1) takenBy.delete(partnerId);
      else takenBy.set(partnerId, own - 1);
      taken -= 1;
    },
  };
}
