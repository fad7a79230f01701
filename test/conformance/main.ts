/**
 * TensorFlow.js core's own op tests, run on the onnxruntime engine. Prints one JSON line: how many passed, what failed,
 * what was excluded and why.
 */
import './boot.js';
import './environment.js';
import '@tensorflow/tfjs-core/dist/ops/abs_test.js';
import '@tensorflow/tfjs-core/dist/ops/acos_test.js';
import '@tensorflow/tfjs-core/dist/ops/acosh_test.js';
import '@tensorflow/tfjs-core/dist/ops/add_n_test.js';
import '@tensorflow/tfjs-core/dist/ops/add_test.js';
import '@tensorflow/tfjs-core/dist/ops/all_test.js';
import '@tensorflow/tfjs-core/dist/ops/any_test.js';
import '@tensorflow/tfjs-core/dist/ops/arg_max_test.js';
import '@tensorflow/tfjs-core/dist/ops/arg_min_test.js';
import '@tensorflow/tfjs-core/dist/ops/arithmetic_test.js';
import '@tensorflow/tfjs-core/dist/ops/asin_test.js';
import '@tensorflow/tfjs-core/dist/ops/asinh_test.js';
import '@tensorflow/tfjs-core/dist/ops/atan_test.js';
import '@tensorflow/tfjs-core/dist/ops/atanh_test.js';
import '@tensorflow/tfjs-core/dist/ops/avg_pool_3d_test.js';
import '@tensorflow/tfjs-core/dist/ops/avg_pool_test.js';
import '@tensorflow/tfjs-core/dist/ops/basic_lstm_cell_test.js';
import '@tensorflow/tfjs-core/dist/ops/batch_to_space_nd_test.js';
import '@tensorflow/tfjs-core/dist/ops/batchnorm_test.js';
import '@tensorflow/tfjs-core/dist/ops/binary_ops_test.js';
import '@tensorflow/tfjs-core/dist/ops/bincount_test.js';
import '@tensorflow/tfjs-core/dist/ops/bitwise_and_test.js';
import '@tensorflow/tfjs-core/dist/ops/boolean_mask_test.js';
import '@tensorflow/tfjs-core/dist/ops/broadcast_args_test.js';
import '@tensorflow/tfjs-core/dist/ops/broadcast_to_test.js';
import '@tensorflow/tfjs-core/dist/ops/broadcast_util_test.js';
import '@tensorflow/tfjs-core/dist/ops/ceil_test.js';
import '@tensorflow/tfjs-core/dist/ops/clip_by_value_test.js';
import '@tensorflow/tfjs-core/dist/ops/clone_test.js';
import '@tensorflow/tfjs-core/dist/ops/concat_test.js';
import '@tensorflow/tfjs-core/dist/ops/conv1d_test.js';
import '@tensorflow/tfjs-core/dist/ops/conv2d_separable_test.js';
import '@tensorflow/tfjs-core/dist/ops/conv2d_test.js';
import '@tensorflow/tfjs-core/dist/ops/conv2d_transpose_test.js';
import '@tensorflow/tfjs-core/dist/ops/conv3d_test.js';
import '@tensorflow/tfjs-core/dist/ops/conv3d_transpose_test.js';
import '@tensorflow/tfjs-core/dist/ops/cos_test.js';
import '@tensorflow/tfjs-core/dist/ops/cosh_test.js';
import '@tensorflow/tfjs-core/dist/ops/cumprod_test.js';
import '@tensorflow/tfjs-core/dist/ops/cumsum_test.js';
import '@tensorflow/tfjs-core/dist/ops/dense_bincount_test.js';
import '@tensorflow/tfjs-core/dist/ops/depth_to_space_test.js';
import '@tensorflow/tfjs-core/dist/ops/depthwise_conv2d_test.js';
import '@tensorflow/tfjs-core/dist/ops/diag_test.js';
import '@tensorflow/tfjs-core/dist/ops/dilation2d_test.js';
import '@tensorflow/tfjs-core/dist/ops/elu_test.js';
import '@tensorflow/tfjs-core/dist/ops/ensure_shape_test.js';
import '@tensorflow/tfjs-core/dist/ops/equal_test.js';
import '@tensorflow/tfjs-core/dist/ops/erf_test.js';
import '@tensorflow/tfjs-core/dist/ops/euclidean_norm_test.js';
import '@tensorflow/tfjs-core/dist/ops/exp_test.js';
import '@tensorflow/tfjs-core/dist/ops/expand_dims_test.js';
import '@tensorflow/tfjs-core/dist/ops/expm1_test.js';
import '@tensorflow/tfjs-core/dist/ops/eye_test.js';
import '@tensorflow/tfjs-core/dist/ops/fill_test.js';
import '@tensorflow/tfjs-core/dist/ops/floor_test.js';
import '@tensorflow/tfjs-core/dist/ops/floordiv_test.js';
import '@tensorflow/tfjs-core/dist/ops/gather_nd_test.js';
import '@tensorflow/tfjs-core/dist/ops/gather_test.js';
import '@tensorflow/tfjs-core/dist/ops/greater_equal_test.js';
import '@tensorflow/tfjs-core/dist/ops/greater_test.js';
import '@tensorflow/tfjs-core/dist/ops/identity_pool_test.js';
import '@tensorflow/tfjs-core/dist/ops/is_finite_test.js';
import '@tensorflow/tfjs-core/dist/ops/is_inf_test.js';
import '@tensorflow/tfjs-core/dist/ops/is_nan_test.js';
import '@tensorflow/tfjs-core/dist/ops/leaky_relu_test.js';
import '@tensorflow/tfjs-core/dist/ops/less_equal_test.js';
import '@tensorflow/tfjs-core/dist/ops/less_test.js';
import '@tensorflow/tfjs-core/dist/ops/linspace_test.js';
import '@tensorflow/tfjs-core/dist/ops/local_response_normalization_test.js';
import '@tensorflow/tfjs-core/dist/ops/log1p_test.js';
import '@tensorflow/tfjs-core/dist/ops/log_sigmoid_test.js';
import '@tensorflow/tfjs-core/dist/ops/log_softmax_test.js';
import '@tensorflow/tfjs-core/dist/ops/log_sum_exp_test.js';
import '@tensorflow/tfjs-core/dist/ops/log_test.js';
import '@tensorflow/tfjs-core/dist/ops/logical_and_test.js';
import '@tensorflow/tfjs-core/dist/ops/logical_not_test.js';
import '@tensorflow/tfjs-core/dist/ops/logical_or_test.js';
import '@tensorflow/tfjs-core/dist/ops/logical_xor_test.js';
import '@tensorflow/tfjs-core/dist/ops/lower_bound_test.js';
import '@tensorflow/tfjs-core/dist/ops/mat_mul_test.js';
import '@tensorflow/tfjs-core/dist/ops/max_pool_3d_test.js';
import '@tensorflow/tfjs-core/dist/ops/max_pool_test.js';
import '@tensorflow/tfjs-core/dist/ops/max_pool_with_argmax_test.js';
import '@tensorflow/tfjs-core/dist/ops/max_test.js';
import '@tensorflow/tfjs-core/dist/ops/mean_test.js';
import '@tensorflow/tfjs-core/dist/ops/meshgrid_test.js';
import '@tensorflow/tfjs-core/dist/ops/min_test.js';
import '@tensorflow/tfjs-core/dist/ops/mirror_pad_test.js';
import '@tensorflow/tfjs-core/dist/ops/moments_test.js';
import '@tensorflow/tfjs-core/dist/ops/moving_average_test.js';
import '@tensorflow/tfjs-core/dist/ops/multi_rnn_cell_test.js';
import '@tensorflow/tfjs-core/dist/ops/neg_test.js';
import '@tensorflow/tfjs-core/dist/ops/norm_test.js';
import '@tensorflow/tfjs-core/dist/ops/not_equal_test.js';
import '@tensorflow/tfjs-core/dist/ops/one_hot_test.js';
import '@tensorflow/tfjs-core/dist/ops/ones_like_test.js';
import '@tensorflow/tfjs-core/dist/ops/operation_test.js';
import '@tensorflow/tfjs-core/dist/ops/pad_test.js';
import '@tensorflow/tfjs-core/dist/ops/pool_test.js';
import '@tensorflow/tfjs-core/dist/ops/prod_test.js';
import '@tensorflow/tfjs-core/dist/ops/range_test.js';
import '@tensorflow/tfjs-core/dist/ops/reciprocal_test.js';
import '@tensorflow/tfjs-core/dist/ops/relu6_test.js';
import '@tensorflow/tfjs-core/dist/ops/relu_test.js';
import '@tensorflow/tfjs-core/dist/ops/reverse_1d_test.js';
import '@tensorflow/tfjs-core/dist/ops/reverse_2d_test.js';
import '@tensorflow/tfjs-core/dist/ops/reverse_3d_test.js';
import '@tensorflow/tfjs-core/dist/ops/reverse_4d_test.js';
import '@tensorflow/tfjs-core/dist/ops/reverse_test.js';
import '@tensorflow/tfjs-core/dist/ops/round_test.js';
import '@tensorflow/tfjs-core/dist/ops/rsqrt_test.js';
import '@tensorflow/tfjs-core/dist/ops/scatter_nd_test.js';
import '@tensorflow/tfjs-core/dist/ops/search_sorted_test.js';
import '@tensorflow/tfjs-core/dist/ops/selu_test.js';
import '@tensorflow/tfjs-core/dist/ops/setdiff1d_async_test.js';
import '@tensorflow/tfjs-core/dist/ops/sigmoid_test.js';
import '@tensorflow/tfjs-core/dist/ops/sign_test.js';
import '@tensorflow/tfjs-core/dist/ops/sin_test.js';
import '@tensorflow/tfjs-core/dist/ops/sinh_test.js';
import '@tensorflow/tfjs-core/dist/ops/slice1d_test.js';
import '@tensorflow/tfjs-core/dist/ops/slice2d_test.js';
import '@tensorflow/tfjs-core/dist/ops/slice3d_test.js';
import '@tensorflow/tfjs-core/dist/ops/slice4d_test.js';
import '@tensorflow/tfjs-core/dist/ops/slice_test.js';
import '@tensorflow/tfjs-core/dist/ops/softmax_test.js';
import '@tensorflow/tfjs-core/dist/ops/softplus_test.js';
import '@tensorflow/tfjs-core/dist/ops/space_to_batch_nd_test.js';
import '@tensorflow/tfjs-core/dist/ops/split_test.js';
import '@tensorflow/tfjs-core/dist/ops/sqrt_test.js';
import '@tensorflow/tfjs-core/dist/ops/square_test.js';
import '@tensorflow/tfjs-core/dist/ops/squeeze_test.js';
import '@tensorflow/tfjs-core/dist/ops/stack_test.js';
import '@tensorflow/tfjs-core/dist/ops/step_test.js';
import '@tensorflow/tfjs-core/dist/ops/strided_slice_test.js';
import '@tensorflow/tfjs-core/dist/ops/sub_test.js';
import '@tensorflow/tfjs-core/dist/ops/sum_test.js';
import '@tensorflow/tfjs-core/dist/ops/tan_test.js';
import '@tensorflow/tfjs-core/dist/ops/tanh_test.js';
import '@tensorflow/tfjs-core/dist/ops/tile_test.js';
import '@tensorflow/tfjs-core/dist/ops/topk_test.js';
import '@tensorflow/tfjs-core/dist/ops/transpose_test.js';
import '@tensorflow/tfjs-core/dist/ops/truncated_normal_test.js';
import '@tensorflow/tfjs-core/dist/ops/unique_test.js';
import '@tensorflow/tfjs-core/dist/ops/unstack_test.js';
import '@tensorflow/tfjs-core/dist/ops/upper_bound_test.js';
import '@tensorflow/tfjs-core/dist/ops/where_async_test.js';
import '@tensorflow/tfjs-core/dist/ops/where_test.js';
import '@tensorflow/tfjs-core/dist/ops/zeros_like_test.js';
import '@tensorflow/tfjs-core/dist/ops/image/resize_bilinear_test.js';
import '@tensorflow/tfjs-core/dist/ops/image/resize_nearest_neighbor_test.js';
import '@tensorflow/tfjs-core/dist/gradients_test.js';
import '@tensorflow/tfjs-core/dist/variable_test.js';
import { exclusions } from './exclusions.js';

interface Spec {
  readonly fullName: string;
  readonly status: 'passed' | 'failed' | 'excluded' | 'pending';
  readonly failedExpectations: readonly { readonly message: string }[];
}
interface Environment {
  configure(options: { random: boolean; specFilter(spec: { getFullName(): string }): boolean }): void;
  addReporter(reporter: { specDone(spec: Spec): void; jasmineDone(): void }): void;
  execute(): void;
}

const environment = (globalThis as unknown as { jasmine: { getEnv(): Environment } }).jasmine.getEnv();
const report = { passed: 0, failed: [] as string[], excluded: [] as string[] };
environment.configure({
  random: false,
  specFilter: (spec) => {
    const name = spec.getFullName();
    const exclusion = exclusions.find((each) => each.name.test(name));
    if (exclusion) report.excluded.push(`${name}: ${exclusion.reason}`);
    return exclusion === undefined;
  },
});
environment.addReporter({
  specDone({ status, fullName, failedExpectations }) {
    if (status === 'passed') report.passed++;
    else if (status === 'failed') report.failed.push(`${fullName}: ${failedExpectations[0]?.message}`);
  },
  jasmineDone() {
    process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
  },
});
environment.execute();
