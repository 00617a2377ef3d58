//! The console: its pages, their forms, their reviews, and what they refuse.

mod alike;
mod billing;
mod companies;
mod deleted;
pub mod desk;
mod device_groups;
mod exports;
mod groups;
mod imports;
mod mappings;
mod person;
mod person_acts;
mod person_changed;
mod person_forms;
mod person_panels;
mod person_reading;
mod person_scope;
mod person_sessions;
mod programs;
mod roles;
mod second_factor;
mod service_people;
mod service_rows;
mod service_tabs;
mod services;
mod user_groups;
mod view_as;
