use ensemble::*;
use std::time::Instant;
fn cpu() -> f64 {
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0
}
fn on_cpu() -> f64 {
    std::fs::read_dir("/proc/self/task")
        .unwrap()
        .map(|t| {
            let s = std::fs::read_to_string(t.unwrap().path().join("schedstat")).unwrap();
            s.split_whitespace().next().unwrap().parse::<f64>().unwrap()
        })
        .sum::<f64>()
        * 1e-9
}
fn main() {
    let which = std::env::args().nth(1).unwrap_or("all".into());
    let base = Description { memory: 1 << 40, ..Description::default() };
    let rss = || {
        std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .find(|l| l.starts_with("VmHWM"))
            .unwrap()
            .to_owned()
    };
    if which == "fig2" || which == "all" {
        let mut total = 0.0;
        for width in [30, 100, 300, 1000, 3000] {
            let e =
                Ensemble::new(Description { width, ..base.clone() }, Observe::nothing().moments().spread())
                    .unwrap();
            let t = Instant::now();
            let r = e.run().unwrap();
            let s = t.elapsed().as_secs_f64();
            total += s;
            println!(
                "width {width}: {s:.3} s, {:.3} ms per layer, r50 {:?}",
                s * 1e3 / 1500.0,
                r.across(50, |l| Some(l.moments?.ratio()))
            );
        }
        println!("fig2 {total:.3} s cpu/2 {:.3} {}", cpu() / 2.0, rss());
    }
    if which == "fig3" || which == "all" {
        let mut total = 0.0;
        for setting in Setting::ALL {
            let e = Ensemble::new(
                Description { width: 3000, setting: *setting, ..base.clone() },
                Observe::nothing().gradient(Through::Full),
            )
            .unwrap();
            let t = Instant::now();
            let r = e.run().unwrap();
            let s = t.elapsed().as_secs_f64();
            total += s;
            let g = |l| r.across(l, |l| l.gradient).unwrap().mean;
            println!(
                "{setting}: {s:.3} s, {:.3} ms per layer, gradient {} {} {} slope {}",
                s * 1e3 / 1500.0,
                g(50),
                g(25),
                g(0),
                (g(45).ln() - g(5).ln()) / 40.0
            );
        }
        println!("fig3 {total:.3} s cpu/2 {:.3} {}", cpu() / 2.0, rss());
    }
    if which == "direct" || which == "all" {
        let d = Description { width: 3000, networks: 1, depth: 10, engine: Engine::Direct, ..base.clone() };
        for observe in [Observe::nothing().moments(), Observe::nothing().gradient(Through::Full)] {
            let e = Ensemble::new(d.clone(), observe).unwrap();
            for _ in 0..3 {
                let t = Instant::now();
                let r = e.run().unwrap();
                println!(
                    "direct {:.3} ms per layer {:?}",
                    t.elapsed().as_secs_f64() * 1e2,
                    r.networks[0].layers[5].gradient
                );
            }
        }
    }
    if which == "min" {
        let best = |d: &Description, o: &Observe| {
            let d = Description { networks: 1, depth: 10, ..d.clone() };
            let e = Ensemble::new(d, o.clone()).unwrap();
            (0..40)
                .map(|_| {
                    let t = on_cpu();
                    e.run().unwrap();
                    (on_cpu() - t) * 1e2
                })
                .fold(f64::MAX, f64::min)
        };
        let mut total = 0.0;
        for width in [30, 100, 200, 250, 300, 400, 500, 1000, 3000] {
            let t = best(&Description { width, ..base.clone() }, &Observe::nothing().moments());
            if [30, 100, 300, 1000, 3000].contains(&width) {
                total += t;
            }
            println!("width {width}: {t:.4} ms per layer");
        }
        println!("fig2 on 2 threads: {:.3} s", total * 1.5 / 2.0);
        let mut total = 0.0;
        for setting in Setting::ALL {
            let t = best(
                &Description { width: 3000, setting: *setting, ..base.clone() },
                &Observe::nothing().gradient(Through::Full),
            );
            total += t;
            println!("{setting}: {t:.4} ms per layer");
        }
        println!("fig3 on 2 threads: {:.3} s", total * 1.5 / 2.0);
    }
    if which == "ladder" {
        for width in [3000, 10_000, 30_000, 100_000, 300_000, 1_000_000] {
            let e = Ensemble::new(
                Description { width, networks: 1, depth: 5, ..base.clone() },
                Observe::nothing().moments(),
            )
            .unwrap();
            let t = Instant::now();
            let r = e.run().unwrap();
            println!(
                "width {width}: {:.3} ms per layer {:?} {}",
                t.elapsed().as_secs_f64() * 1e3 / 5.5,
                r.networks[0].layers[5].moments.map(|m| m.ratio()),
                rss()
            );
        }
    }
}
