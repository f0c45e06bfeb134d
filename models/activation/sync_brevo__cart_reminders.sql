with

-- Brevo knows one contact by an address.
members_by_address as (

    select
        contact_id,
        email,
        row_number() over (
            partition by email
            order by contact_id
        ) as place_of_address

    from {{ ref('audience_recipients') }}

    where
        audience = 'abandoned_carts'
        and purpose = 'email_marketing'
        and email is not null

),

members_to_remind as (

    select
        contact_id,
        email

    from members_by_address

    where place_of_address = 1

)

select * from members_to_remind
