//! Back to the list before, and what is kept of older ones.

use pedell::{
    flow::import_roster::RollBackError,
    store::tenant::RosterStage::{Current, Previous},
};

use super::{list, on_the_list};
use crate::scene::{Scene, WINTER, on_each_engine};

async fn roll_back(scene: &Scene) -> Result<(), RollBackError> {
    scene.pedell.roll_back_roster(&scene.scope(), WINTER).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_puts_the_previous_list_in_force_and_a_second_one_returns() {
    on_each_engine(async |scene| {
        assert!(matches!(roll_back(&scene).await, Err(RollBackError::NothingBefore)));
        scene.import(list(1, 5_000, "Ada")).await.unwrap();
        assert!(matches!(roll_back(&scene).await, Err(RollBackError::NothingBefore)));
        scene.import(list(1, 5_000, "Eva")).await.unwrap();
        for given in ["Ada", "Eva"] {
            roll_back(&scene).await.unwrap();
            for number in [1, 2_500, 5_000] {
                assert!(on_the_list(&scene, number, given).await, "{number}");
            }
        }
        assert!(!on_the_list(&scene, 1, "Ada").await);
        let trail = scene.tenant().await.audit_after(0).await.unwrap();
        let kinds: Vec<_> = trail.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["roster.imported", "roster.imported", "roster.rolled_back", "roster.rolled_back"]);
        assert_eq!(scene.tenant().await.verify_audit().await.unwrap().fault, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_lists_are_kept_and_of_the_one_before_no_row_is_left() {
    on_each_engine(async |scene| {
        let tenant = scene.tenant().await;
        let oldest = scene.import(list(1, 9_000, "Ada")).await.unwrap().roster.unwrap();
        let middle = scene.import(list(1, 9_000, "Eva")).await.unwrap().roster.unwrap();
        assert_eq!(tenant.roster_page(&oldest, None, 10_000).await.unwrap().len(), 9_000);
        let newest = scene.import(list(1, 9_000, "Ida")).await.unwrap().roster.unwrap();
        let mut kept: Vec<_> = tenant.rosters().await.unwrap().into_iter().map(|list| (list.stage, list.id)).collect();
        kept.sort_by_key(|(stage, _)| *stage != Current);
        assert_eq!(kept, [(Current, newest), (Previous, middle)]);
        assert_eq!(tenant.roster_page(&oldest, None, 10).await.unwrap(), []);
    })
    .await;
}
