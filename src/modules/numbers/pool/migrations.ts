import type { Migration } from "../../../platform/ports.ts";

/**
 * In the database of the control plane. A row with `cell` is that cell's, by `how`: drawn
 * from the pool, or its own. Nothing in it says which account has a number.
 */
export const poolMigrations: readonly Migration[] = [
  {
    name: "number-pool/0001-number-pool",
    sql: `create table number_pool (
        number text collate "C" primary key,
        pool text not null default '',
        cell text,
        how text check (how in ('drawn', 'own')),
        epoch bigint not null default 0,
        country text,
        region text,
        kind text,
        sms boolean,
        mms boolean,
        voice boolean,
        fax boolean,
        beta boolean,
        locality text collate "C",
        postal_code text collate "C",
        rate_center text,
        lata text,
        latitude float8,
        longitude float8,
        address_requirements text,
        bundle_required boolean,
        check ((cell is null) = (how is null)),
        check (how is not distinct from 'own' or (country is not null and kind is not null))
      );
      create index number_pool_free on number_pool (country, kind, number)
        include (pool, sms, mms, voice, fax, beta, address_requirements) where cell is null;
      create index number_pool_free_regions on number_pool (country, kind, region, number) where cell is null;
      create index number_pool_free_localities on number_pool (country, kind, lower(locality), number)
        where cell is null;
      create index number_pool_free_places on number_pool (country, kind, latitude, longitude)
        where cell is null and latitude is not null;
      create index number_pool_free_endings on number_pool (country, kind, reverse(number)) where cell is null;
      create index number_pool_by_cell on number_pool (cell, number) where cell is not null;`,
  },
];
